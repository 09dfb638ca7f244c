import struct

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

BACKGROUNDS = [(255, 255, 255), (10, 200, 30)]
COMMENT = b"\x21\xfe\x03\x2c\x21\xf9\x01\x00\x00"
LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
START_OF_BLOCKS = 13 + 768


@pytest.fixture(scope="module")
def make_gif(picture, encode):
    """Writes a GIF of 256 colours by Pillow, then moves its frame and adds to it by hand."""

    def make(*, screen=None, corner=(0, 0), transparent=None, before=b"", between=b"", **options):
        image = picture(3).quantize(256)
        if transparent is not None:
            transparent = image.getpixel((30, 20))
        encoded = encode(image, "GIF", **options)
        assert encoded[10] == 0x87
        frame = encoded.index(b"\x2c", START_OF_BLOCKS)
        assert encoded[frame + 1 : frame + 9] == struct.pack("<4H", 0, 0, 61, 43)
        size = struct.pack("<2H", *(screen or (61, 43)))
        control = b""
        if transparent is not None:
            control = b"\x21\xf9\x04\x01\x00\x00" + bytes([transparent]) + b"\x00"
        moved = b"\x2c" + struct.pack("<2H", *corner) + encoded[frame + 5 :]
        start = encoded[:6] + size + encoded[10:START_OF_BLOCKS]
        return start + before + control + between + moved

    return make


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA", "LA"])
@pytest.mark.parametrize("interlace", [0, 1])
def test_every_mode_gives_the_pixels_of_pillow(
    see_through, encode, pixels, by_pillow, mode, interlace
):
    encoded = encode(see_through(mode=mode), "GIF", interlace=interlace)
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"screen": (80, 50), "corner": (7, 4)},
        {"screen": (40, 30)},
        {"screen": (40, 60), "corner": (5, 6)},
        {"before": COMMENT + LOOP},
        {"between": COMMENT},
        {"before": COMMENT, "between": LOOP + COMMENT, "screen": (99, 99), "corner": (38, 56)},
    ],
)
@pytest.mark.parametrize("transparent", [None, True])
def test_the_frame_lies_on_the_screen_as_in_pillow(
    make_gif, pixels, by_pillow, background, changes, transparent
):
    encoded = make_gif(transparent=transparent, **changes)
    found = pixels(encoded, background=background)
    np.testing.assert_array_equal(found, by_pillow(encoded, background))
    assert found.std() > 20
    if transparent:
        left, top = changes.get("corner", (0, 0))
        np.testing.assert_array_equal(found[top + 20, left + 30], background)


def test_a_frame_with_a_palette_of_its_own_uses_it(picture, encode, pixels, by_pillow):
    encoded = encode(picture(1).quantize(64), "GIF")
    common = encoded[13 : 13 + 192]
    frame = encoded.index(b"\x2c", 13 + 192)
    own = common[::-1]
    flags = bytes([encoded[frame + 9] | 0x85])
    changed = encoded[: frame + 9] + flags + own + encoded[frame + 10 :]
    np.testing.assert_array_equal(pixels(changed), by_pillow(changed))
    assert (pixels(changed) != pixels(encoded)).any()
    without = changed[:10] + b"\0" + changed[11:13] + changed[13 + 192 :]
    np.testing.assert_array_equal(pixels(without), by_pillow(changed))


@pytest.mark.parametrize("colours", [2, 3, 5, 16, 200])
def test_a_palette_of_any_size_is_read(picture, encode, pixels, by_pillow, colours):
    encoded = encode(picture().quantize(colours), "GIF")
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


def test_of_a_moving_picture_the_first_frame_is_shown(see_through, encode, pixels, by_pillow):
    frames = [see_through(seed) for seed in range(3)]
    encoded = encode(frames[0], "GIF", save_all=True, append_images=frames[1:], disposal=2)
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


def test_real_black_is_not_taken_for_transparent(encode, pixels):
    image = Image.new("P", (4, 2))
    image.putpalette([0, 0, 0, 255, 0, 0])
    image.putpixel((1, 0), 1)
    encoded = encode(image, "GIF", transparency=1)
    found = pixels(encoded, background=(5, 6, 7))
    np.testing.assert_array_equal(found[0, 1], (5, 6, 7))
    assert (found[1] == 0).all()


@pytest.mark.parametrize("share", [0.001, 0.1, 0.5, 0.9])
def test_a_file_cut_short_is_an_error(make_gif, pixels, share):
    encoded = make_gif(transparent=True, before=COMMENT)
    with pytest.raises(tf.errors.InvalidArgumentError):
        pixels(encoded[: int(len(encoded) * share)])


@pytest.mark.parametrize("block", [b"\x21\xfe\x00", b"\x21\xf9\x04", b"\x00", b"\xff"])
def test_no_block_holds_the_search_up(make_gif, pixels, block):
    """More blocks than are looked at, and blocks that do not end."""
    with pytest.raises(tf.errors.InvalidArgumentError, match="GIF without a picture"):
        pixels(make_gif()[:START_OF_BLOCKS] + block * 9000)
