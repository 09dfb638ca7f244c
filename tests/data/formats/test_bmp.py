import numpy as np
import pytest
import tensorflow as tf

WIDTH, HEIGHT = 13, 7
HEADERS = [(12, False), (40, False), (40, True), (108, False), (108, True)]
BYTES = (0xFF, 0xFF00, 0xFF0000, 0xFF000000)
ORDERS = [(2, 1, 0), (3, 2, 1), (3, 1, 0)]
ORDERS_WITH_OPACITY = [(2, 1, 0, 3), (0, 1, 2, 3), (3, 2, 1, 0), (3, 1, 0, 2)]


def noise(bits, seed=0):
    size = -(-WIDTH * bits // 8)
    return np.random.default_rng(seed).integers(0, 256, (HEIGHT, size)).astype("uint8")


def palette(bits, entry):
    colours = np.random.default_rng(1).integers(0, 256, (2**bits, entry)).astype("uint8")
    return colours.tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
@pytest.mark.parametrize("width", [1, 2, 3, 4, 31, 61])
def test_what_pillow_writes_is_read(picture, encode, pixels, by_pillow, mode, width):
    encoded = encode(picture(width=width, mode=mode), "BMP")
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize("bits", [1, 4, 8, 24])
@pytest.mark.parametrize(("header", "from_top"), HEADERS)
def test_every_header_depth_and_direction(make_bmp, pixels, by_pillow, bits, header, from_top):
    colours = palette(bits, 3 if header == 12 else 4) if bits <= 8 else b""
    encoded = make_bmp(WIDTH, noise(bits), bits, palette=colours, header=header, from_top=from_top)
    found = pixels(encoded)
    np.testing.assert_array_equal(found, by_pillow(encoded))
    assert found.std() > 20


@pytest.mark.parametrize("masks", [(), (0x7C00, 0x3E0, 0x1F), (0xF800, 0x7E0, 0x1F)])
def test_two_bytes_are_cut_up_by_masks(make_bmp, pixels, by_pillow, masks):
    encoded = make_bmp(WIDTH, noise(16), 16, masks=masks)
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize("header", [40, 108])
@pytest.mark.parametrize("order", ORDERS)
def test_four_bytes_are_put_in_order(make_bmp, pixels, by_pillow, header, order):
    masks = [BYTES[place] for place in order]
    encoded = make_bmp(
        WIDTH, noise(32), 32, masks=[*masks, 0][: 3 if header == 40 else 4], header=header
    )
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize("order", ORDERS_WITH_OPACITY)
@pytest.mark.parametrize("background", [(255, 255, 255), (10, 200, 30)])
def test_four_bytes_may_have_opacity(make_bmp, pixels, by_pillow, order, background):
    masks = [BYTES[place] for place in order]
    encoded = make_bmp(WIDTH, noise(32), 32, masks=masks, header=108)
    found = pixels(encoded, background=background)
    np.testing.assert_array_equal(found, by_pillow(encoded, background))


def test_without_masks_the_fourth_byte_means_nothing(make_bmp, pixels, by_pillow):
    encoded = make_bmp(WIDTH, noise(32), 32)
    np.testing.assert_array_equal(pixels(encoded), noise(32).reshape(HEIGHT, WIDTH, 4)[..., 2::-1])
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize(
    "masks", [(0xFF0000, 0xFF00, 0x7F), (0x3FF00000, 0xFFC00, 0x3FF), (0, 0, 0)]
)
def test_masks_that_are_no_bytes_are_refused(make_bmp, pixels, masks):
    with pytest.raises(tf.errors.InvalidArgumentError, match="BMP with masks that are no bytes"):
        pixels(make_bmp(WIDTH, noise(32), 32, masks=masks))
