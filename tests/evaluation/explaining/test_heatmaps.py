import matplotlib.figure
import numpy as np
import pytest
from PIL import Image

from keras_tl.evaluation.explaining.heatmaps import Heatmaps


@pytest.fixture
def heatmaps():
    """Of three pictures, the first with two classes; one map is empty."""
    generator = np.random.default_rng(0)
    maps = generator.random((4, 8, 6)).astype("float32")
    maps[2] = 0
    images = generator.integers(0, 256, (4, 8, 6, 3), dtype="uint8")
    images[1] = images[0]
    return Heatmaps(
        maps,
        images,
        classes=["cat", "dog/wolf", "cat", "$x$ [b]"],
        scores=np.array([0.7, 0.2, 0.5, 0.999]),
        names=["pets/a.png", "pets/a.png", "pets/b\n.png", "#2"],
        peaks=np.array([0.5, 0.25, 0.0, 1.0]),
        method="grad-cam",
        boundary="stage4",
    )


def test_an_overlay_holds_picture_and_map(heatmaps):
    np.testing.assert_array_equal(heatmaps.overlay(0, alpha=0.0), heatmaps.images[0])
    assert heatmaps.overlay(0).shape == (8, 6, 3)
    assert heatmaps.overlay(0, size=40).shape == (40, 40, 3)
    assert heatmaps.overlay(0, size=(40, 30)).shape == (40, 30, 3)
    assert heatmaps.overlay(0).dtype == np.uint8


def test_overlays_are_written_one_by_one(heatmaps, tmp_path):
    files = heatmaps.to_png(tmp_path / "deep" / "out", size=(16, 12))
    assert [file.name for file in files] == [
        "000-a-cat.png",
        "001-a-dog_wolf.png",
        "002-b_-cat.png",
        "003-_2-_x___b_.png",
    ]
    assert sorted(files[0].parent.iterdir()) == files
    for i, file in enumerate(files):
        with Image.open(file) as image:
            np.testing.assert_array_equal(np.asarray(image), heatmaps.overlay(i, size=(16, 12)))


def test_the_text_tells_of_maps_that_are_empty(heatmaps):
    lines = str(heatmaps).splitlines()
    assert lines[0] == "grad-cam at stage4"
    assert len(lines) == 3 + 4
    assert [line.split()[-4:] == ["nothing", "speaks", "for", "it"] for line in lines[3:]] == [
        False, False, True, False
    ]  # fmt: skip
    assert heatmaps.title(0) == "cat 70%"
    assert heatmaps.title(2) == "cat 50%\nnothing speaks for it"
    assert len(heatmaps) == 4


def test_classes_of_a_picture_are_side_by_side(heatmaps, tmp_path):
    figure = heatmaps.picture(tmp_path / "grid.png")
    assert isinstance(figure, matplotlib.figure.Figure)
    shown = [bool(axes.images) for axes in figure.axes]
    assert shown == [True, True, True, True, True, False, True, True, False]
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array(), heatmaps.images[0])
    np.testing.assert_array_equal(figure.axes[2].images[0].get_array(), heatmaps.overlay(1))
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[:3] == ["a.png", "cat 70%", "dog/wolf 20%"]
    assert titles[4] == "cat 50%\nnothing speaks for it"
    assert titles[7] == r"\$x\$ [b] 100%"
    assert "pets/a.png: cat 70%, dog/wolf 20%" in figure.get_label()
    with Image.open(tmp_path / "grid.png") as image:
        assert image.format == "PNG"


def test_a_picture_has_so_many_rows_and_says_what_is_left_out(heatmaps):
    figure = heatmaps.picture(most=2)
    assert len(figure.axes) == 6
    assert figure.get_label().endswith("1 more are not drawn.")


def test_mistakes_are_named(heatmaps):
    with pytest.raises(ValueError, match="`alpha` must be between"):
        heatmaps.overlay(0, alpha=2)
    with pytest.raises(ValueError, match="`image_size` must be"):
        heatmaps.overlay(0, size=(1, 2, 3))
    with pytest.raises(ValueError, match="`most` must be"):
        heatmaps.picture(most=0)
