import numpy as np
import pytest
import tensorflow as tf

GREY, COLOUR, PALETTE, GREY_WITH, COLOUR_WITH = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, COLOUR: 3, PALETTE: 1, GREY_WITH: 2, COLOUR_WITH: 4}
DEPTHS = {
    GREY: (1, 2, 4, 8),
    COLOUR: (8, 16),
    PALETTE: (1, 2, 4, 8),
    GREY_WITH: (8,),
    COLOUR_WITH: (8, 16),
}
ALL = [(kind, depth) for kind, depths in DEPTHS.items() for depth in depths]


def noise(kind, depth, width=13, height=9):
    """Rows of bytes of a PNG whose pixels are random."""
    size = -(-width * CHANNELS[kind] * depth // 8)
    return np.random.default_rng(depth).integers(0, 256, (height, size)).astype("uint8")


def palette(depth):
    colours = np.random.default_rng(1).integers(0, 256, (2**depth, 3)).astype("uint8")
    return (b"PLTE", colours.tobytes())


@pytest.mark.parametrize(("kind", "depth"), ALL)
def test_every_type_and_depth_gives_the_pixels_of_pillow(make_png, pixels, by_pillow, kind, depth):
    before = [palette(depth)] if kind == PALETTE else []
    encoded = make_png(13, noise(kind, depth), depth, kind, before)
    found = pixels(encoded, background=(10, 200, 30))
    np.testing.assert_array_equal(found, by_pillow(encoded, (10, 200, 30)))
    assert found.std() > 20


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_a_palette_with_opacities_lies_on_the_background(make_png, pixels, by_pillow, depth):
    opacities = bytes([0, 128, 255, 1][: 2**depth])
    rows = noise(PALETTE, depth)
    encoded = make_png(13, rows, depth, PALETTE, [palette(depth), (b"tRNS", opacities)])
    for background in ((255, 255, 255), (10, 200, 30)):
        found = pixels(encoded, background=background)
        np.testing.assert_array_equal(found, by_pillow(encoded, background))


@pytest.mark.parametrize(("kind", "depth"), [(GREY, 8), (GREY, 1), (COLOUR, 8)])
def test_a_level_that_is_declared_transparent_is(make_png, pixels, by_pillow, kind, depth):
    rows = noise(kind, depth)
    rows[:] = rows[:, :3].repeat(-(-rows.shape[1] // 3), axis=1)[:, : rows.shape[1]]
    level = rows[0, 0] >> (8 - depth)
    chosen = [level] if kind == GREY else rows[0, :3]
    transparent = b"".join(int(level).to_bytes(2, "big") for level in chosen)
    encoded = make_png(13, rows, depth, kind, [(b"tRNS", transparent)])
    found = pixels(encoded, background=(10, 200, 30))
    np.testing.assert_array_equal(found[0, 0], (10, 200, 30))
    np.testing.assert_array_equal(found, by_pillow(encoded, (10, 200, 30)))


@pytest.mark.parametrize("depth", [2, 4])
def test_a_level_of_few_bits_is_declared_transparent_unscaled(make_png, pixels, depth):
    """PNG, third edition, 11.3.1.1; Pillow 13 compares it with the level scaled to 0..255."""
    levels = np.arange(2**depth)[None]
    packed = sum(int(level) << (8 * 8 - depth * (i + 1)) for i, level in enumerate(levels[0]))
    rows = [packed.to_bytes(8, "big")]
    encoded = make_png(2**depth, rows, depth, GREY, [(b"tRNS", b"\0\2")])
    expected = levels * 255 // (2**depth - 1)
    found = pixels(encoded, background=(0, 200, 1))
    np.testing.assert_array_equal(found[0, 2], (0, 200, 1))
    np.testing.assert_array_equal(np.delete(found[..., 0], 2), np.delete(expected, 2))


def test_grey_of_16_bits_keeps_the_higher_8(make_png, pixels):
    levels = np.random.default_rng(0).integers(0, 65536, (9, 13))
    for kind, stored in ((GREY, levels), (GREY_WITH, np.dstack([levels, levels * 0 + 65535]))):
        encoded = make_png(13, stored.astype(">u2").reshape(9, -1).view("uint8"), 16, kind)
        np.testing.assert_array_equal(pixels(encoded), (levels >> 8)[..., None].repeat(3, axis=-1))


def test_a_level_of_16_bits_that_is_declared_transparent_is_that_one_only(make_png, pixels):
    levels = np.array([[0x1234, 0x1235]], ">u2")
    encoded = make_png(2, levels.view("uint8"), 16, GREY, [(b"tRNS", b"\x12\x34")])
    np.testing.assert_array_equal(pixels(encoded), [[[255] * 3, [0x12] * 3]])


def test_a_chunk_after_the_pixels_declares_nothing(make_png, pixels):
    encoded = make_png(3, [b"\7\7\7"], 8, GREY, after=[(b"tRNS", b"\0\7")])
    assert (pixels(encoded) == 7).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA", "P", "1"])
def test_what_pillow_writes_is_read(see_through, encode, pixels, by_pillow, mode):
    encoded = encode(see_through(mode=mode), "PNG")
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_a_file_cut_short_is_an_error(see_through, encode, pixels, share):
    encoded = encode(see_through(), "PNG")
    with pytest.raises(tf.errors.InvalidArgumentError):
        pixels(encoded[: int(len(encoded) * share)])
