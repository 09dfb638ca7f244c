import io

import numpy as np
import pytest
from PIL import Image

from keras_tl.foundation.figures import as_png, new_figure, plain, save_figure, tidy, whole_numbers


def a_line(title=""):
    figure = new_figure(2, 1)
    axes = figure.add_subplot(title=title)
    axes.plot([0, 1], [0, 1])
    tidy(axes, "epoch", "loss")
    return figure


def test_a_figure_becomes_a_picture_of_its_size():
    picture = Image.open(io.BytesIO(as_png(a_line(), dpi=100)))
    assert picture.format == "PNG"
    assert picture.size == (200, 100)


def test_the_suffix_says_in_which_format_a_figure_is_written(tmp_path):
    save_figure(a_line(), tmp_path / "a.jpg")
    save_figure(a_line(), tmp_path / "a.png", dpi=100, metadata={"Description": "a line"})
    with Image.open(tmp_path / "a.jpg") as jpeg, Image.open(tmp_path / "a.png") as png:
        assert jpeg.format == "JPEG"
        assert png.text["Description"] == "a line"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_character_that_the_font_lacks_is_drawn_without_a_word():
    assert as_png(a_line("\u4e16")) != as_png(a_line())


def test_a_tidy_frame_names_its_axes_and_has_two_sides():
    axes = a_line().axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "loss")
    assert [name for name, side in axes.spines.items() if side.get_visible()] == ["left", "bottom"]


@pytest.mark.parametrize("end", [1, 2, 40])
def test_marks_stand_at_whole_numbers(end):
    marks = whole_numbers().tick_values(0, end)
    np.testing.assert_array_equal(marks, np.rint(marks))


def test_a_dollar_in_a_name_begins_no_formula():
    assert plain("a$b$\nc") == r"a\$b\$ c"
