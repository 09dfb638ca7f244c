import io
from base64 import b64decode

import pytest
from PIL import Image

from keras_tl.evaluation.reporting.drawing import INKS, drawing
from keras_tl.foundation.figures import new_figure, tidy


def draw(label="a line from 0 to 1"):
    figure = new_figure(2, 2)
    figure.set_label(label)
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1])
    tidy(axes, "x", "y")
    return figure


def corner(encoded):
    picture = Image.open(io.BytesIO(b64decode(encoded))).convert("RGB")
    return "#{:02X}{:02X}{:02X}".format(*picture.getpixel((0, 0)))


def test_a_figure_is_drawn_on_the_paper_of_either_page():
    found = drawing(draw)
    assert corner(found.light) == INKS["light"][1]
    assert corner(found.dark) == INKS["dark"][1]
    assert found.words == "a line from 0 to 1"


def test_a_figure_without_words_is_refused():
    with pytest.raises(ValueError, match="must have a label"):
        drawing(lambda: draw(""))
