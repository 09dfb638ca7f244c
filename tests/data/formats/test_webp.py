import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

WAYS = {
    "lossless": {"lossless": True},
    "lossy": {"quality": 60},
    "exact": {"lossless": True, "exact": True},
}
BACKGROUNDS = [(255, 255, 255), (10, 200, 30)]


@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "LA", "P"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_every_mode_gives_the_pixels_of_pillow(
    see_through, encode, pixels, by_pillow, mode, way, background
):
    encoded = encode(see_through(mode=mode), "WEBP", **WAYS[way])
    found = pixels(encoded, background=background)
    np.testing.assert_array_equal(found, by_pillow(encoded, background))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_of_a_moving_picture_the_first_frame_is_shown(
    see_through, encode, pixels, by_pillow, mode, way, background
):
    first, *others = (see_through(seed, mode=mode) for seed in range(3))
    encoded = encode(first, "WEBP", save_all=True, append_images=others, **WAYS[way])
    found = pixels(encoded, background=background)
    np.testing.assert_array_equal(found, by_pillow(encoded, background))
    assert np.abs(found - pixels(encode(others[0], "WEBP"), background=background)).mean() > 20


def test_a_first_frame_that_is_smaller_lies_in_its_place(see_through, encode, pixels, by_pillow):
    """The encoder cuts off what is transparent around."""
    frames = []
    for left in (20, 4):
        frames.append(Image.new("RGBA", (80, 70)))
        frames[-1].paste(see_through(left, width=32, height=24), (left, 16))
    encoded = encode(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    start = encoded.index(b"ANMF") + 8
    width = 1 + int.from_bytes(encoded[start + 6 : start + 9], "little")
    assert width < 80
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


def test_a_moving_picture_is_turned_upright(see_through, encode, make_exif, pixels, by_pillow):
    first, second = see_through(0), see_through(1)
    encoded = encode(first, "WEBP", save_all=True, append_images=[second], exif=make_exif(6))
    assert pixels(encoded).shape == (61, 43, 3)
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_file_cut_short_is_an_error(see_through, encode, pixels, mode, share):
    image = see_through(mode=mode)
    still = encode(image, "WEBP")
    moving = encode(image, "WEBP", save_all=True, append_images=[see_through(1, mode=mode)])
    for encoded in (still, moving[: len(moving) // 2]):
        with pytest.raises(tf.errors.InvalidArgumentError):
            pixels(encoded[: int(len(encoded) * share)])


def test_a_moving_picture_without_a_frame_is_an_error(see_through, encode, pixels):
    encoded = encode(see_through(), "WEBP", save_all=True, append_images=[see_through(1)])
    with pytest.raises(tf.errors.InvalidArgumentError):
        pixels(encoded.replace(b"ANMF", b"NONE"))
