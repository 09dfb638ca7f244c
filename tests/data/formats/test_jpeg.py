import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

ADOBE = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00"


@pytest.fixture(scope="module")
def inks(picture, encode):
    """A JPEG of four inks, each of which varies."""
    bands = [picture(seed).convert("L") for seed in range(4)]
    encoded = encode(Image.merge("CMYK", bands), "JPEG", quality=90)
    assert encoded.count(ADOBE) == 1
    return encoded


def test_four_inks_are_pillows_within_one_level(inks, pixels, by_pillow):
    found, expected = pixels(inks), by_pillow(inks).astype(int)
    assert expected.std() > 20
    assert np.abs(found - expected).max() == 1


def test_four_inks_without_the_mark_of_adobe_are_the_same(inks, pixels, by_pillow):
    at = inks.index(ADOBE)
    plain = inks[:at] + inks[at + 16 :]
    np.testing.assert_array_equal(by_pillow(plain), by_pillow(inks))
    np.testing.assert_array_equal(pixels(plain), pixels(inks))


def test_four_inks_stored_as_lightness_and_colour_are_pillows_within_one_level(
    inks, pixels, by_pillow
):
    at = inks.index(ADOBE) + len(ADOBE)
    marked = inks[:at] + b"\2" + inks[at + 1 :]
    assert (by_pillow(marked) != by_pillow(inks)).any()
    assert np.abs(pixels(marked) - by_pillow(marked)).max() <= 1


def test_white_paper_is_white_and_black_ink_black(encode, pixels):
    for levels, expected in (((0, 0, 0, 0), 255), ((0, 0, 0, 255), 0)):
        encoded = encode(Image.new("CMYK", (16, 16), levels), "JPEG")
        assert (pixels(encoded) == expected).all()


def test_three_colours_that_are_not_lightness_and_colour(picture, encode, pixels, by_pillow):
    """Without the mark of JFIF, that of Adobe says that red, green and blue are stored."""
    encoded = encode(picture(), "JPEG", keep_rgb=True)
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_a_file_cut_short_is_an_error(inks, picture, encode, pixels, share):
    for encoded in (inks, encode(picture(), "JPEG")):
        with pytest.raises(tf.errors.InvalidArgumentError):
            pixels(encoded[: int(len(encoded) * share)])
