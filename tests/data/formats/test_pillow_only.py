import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageSequence

from keras_tl.data.formats.pillow_only import NOT_SERVABLE, as_decodable, pillow_format_of

MODES = ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "YCbCr"]
BACKGROUND = (10, 200, 30)


@pytest.fixture(scope="module")
def make_tiff():
    """Writes a TIFF of any depth from its pixels in bytes; what zero is: 0 white, 1 black."""

    def make(levels, bits, *, zero=1, order="<", samples=1, form=1):
        content = levels if isinstance(levels, bytes) else levels.tobytes()
        height, width = (4, 6)
        tags = [
            (256, width),
            (257, height),
            (258, bits),
            (259, 1),
            (262, 2 if samples > 1 else zero),
        ]
        tags += [(273, 8), (277, samples), (278, height), (279, len(content)), (339, form)]
        if samples > 1:
            content += struct.pack(order + "3H", bits, bits, bits)
        entries = b"".join(
            struct.pack(order + "HHLL", tag, 3, samples, 8 + len(content) - 6)
            if tag == 258 and samples > 1
            else struct.pack(order + "HHLL", tag, 4, 1, value)
            for tag, value in tags
        )
        start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(
            order + "L", 8 + len(content)
        )
        return start + content + struct.pack(order + "H", len(tags)) + entries + bytes(4)

    return make


@pytest.fixture(scope="module")
def packed_bmp():
    """A BMP of 4 x 2 pixels in runs, upper row 1 1 1 0, lower row 1 0 0 0, red on blue."""
    runs = b"\1\1\3\0\0\0" + b"\3\1\1\0\0\0" + b"\0\1"
    info = struct.pack("<LllHHLLllLL", 40, 4, 2, 1, 8, 1, len(runs), 0, 0, 2, 0)
    palette = b"\xff\0\0\0" + b"\0\0\xff\0"
    return struct.pack("<2sLLL", b"BM", 62 + len(runs), 0, 62) + info + palette + runs


def name(encoded):
    kind = pillow_format_of(encoded)
    return kind and kind.name


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate"])
def test_tiff_becomes_the_pixels_of_pillow(
    see_through, encode, pixels, by_pillow, mode, compression
):
    encoded = encode(see_through(mode=mode), "TIFF", compression=compression)
    assert name(encoded) == "TIFF"
    found = pixels(as_decodable(encoded), background=BACKGROUND)
    np.testing.assert_array_equal(found, by_pillow(encoded, BACKGROUND))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_avif_becomes_the_pixels_of_pillow(see_through, encode, pixels, by_pillow, mode):
    encoded = encode(see_through(mode=mode), "AVIF", speed=10)
    assert name(encoded) == "AVIF"
    found = pixels(as_decodable(encoded), background=BACKGROUND)
    np.testing.assert_array_equal(found, by_pillow(encoded, BACKGROUND))


def test_bmp_in_runs_becomes_its_pixels(packed_bmp, pixels, by_pillow):
    assert name(packed_bmp) == "run-length encoded BMP"
    found = pixels(as_decodable(packed_bmp))
    np.testing.assert_array_equal(found[..., 0], [[255, 255, 255, 0], [255, 0, 0, 0]])
    np.testing.assert_array_equal(found, by_pillow(packed_bmp))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_come_out_upright(picture, encode, make_exif, pixels, by_pillow, orientation):
    plain = encode(picture(), "TIFF")
    turned = encode(picture(), "TIFF", tiffinfo={274: orientation})
    avif = encode(picture(), "AVIF", speed=10, exif=make_exif(orientation))
    for encoded in (turned, avif):
        found = pixels(as_decodable(encoded))
        assert found.shape == ((43, 61, 3) if orientation < 5 else (61, 43, 3))
        np.testing.assert_array_equal(found, by_pillow(encoded))
    is_plain = np.array_equal(pixels(as_decodable(turned)), pixels(as_decodable(plain)))
    assert is_plain == (orientation == 1)


def test_of_several_pages_or_frames_the_first_is_read(picture, encode, pixels, by_pillow):
    others = [picture(seed, width=20) for seed in (1, 2)]
    for kind in ("TIFF", "AVIF"):
        encoded = encode(picture(0, width=20), kind, save_all=True, append_images=others)
        assert len(list(ImageSequence.Iterator(Image.open(io.BytesIO(encoded))))) == 3
        np.testing.assert_array_equal(pixels(as_decodable(encoded)), by_pillow(encoded))


def test_big_tiff_is_tiff(picture, encode, pixels, by_pillow):
    encoded = encode(picture(), "TIFF", big_tiff=True)
    assert encoded[:4] == b"II+\0"
    np.testing.assert_array_equal(pixels(as_decodable(encoded)), by_pillow(encoded))


@pytest.mark.parametrize("order", "<>")
def test_of_16_grey_bits_the_higher_8_are_kept(make_tiff, pixels, order):
    levels = np.random.default_rng(0).integers(0, 65536, (4, 6))
    found = pixels(as_decodable(make_tiff(levels.astype(f"{order}u2"), 16, order=order)))
    np.testing.assert_array_equal(found, (levels >> 8)[..., None].repeat(3, axis=-1))


def test_16_grey_bits_may_count_down_to_black(make_tiff, pixels):
    levels = np.random.default_rng(0).integers(0, 65536, (4, 6))
    found = pixels(as_decodable(make_tiff(levels.astype("<u2"), 16, zero=0)))
    np.testing.assert_array_equal(found[..., 0], (65535 - levels) >> 8)


def test_of_12_grey_bits_the_higher_8_are_kept(make_tiff, pixels):
    levels = np.random.default_rng(0).integers(0, 4096, (4, 6))
    pairs = levels.reshape(-1, 2)
    packed = b"".join(int(a << 12 | b).to_bytes(3, "big") for a, b in pairs)
    found = pixels(as_decodable(make_tiff(packed, 12)))
    np.testing.assert_array_equal(found[..., 0], levels >> 4)


@pytest.mark.parametrize("order", "<>")
def test_of_16_bits_a_colour_the_higher_8_are_kept(make_tiff, pixels, order):
    levels = np.random.default_rng(0).integers(0, 65536, (4, 6, 3))
    encoded = make_tiff(levels.astype(f"{order}u2"), 16, order=order, samples=3)
    np.testing.assert_array_equal(pixels(as_decodable(encoded)), levels >> 8)


@pytest.mark.parametrize(("bits", "form"), [(32, 1), (32, 2), (32, 3), (16, 2)])
def test_levels_without_a_fixed_white_are_refused(make_tiff, bits, form):
    encoded = make_tiff(np.zeros((4, 6), f"<u{bits // 8}"), bits, form=form)
    with pytest.raises(OSError, match=r"^TIFF: levels of 32 bits, or with a sign, have no fixed"):
        as_decodable(encoded)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
def test_what_tensorflow_decodes_stays_as_it_is(picture, encode, kind):
    encoded = encode(picture(), kind)
    assert name(encoded) is None
    assert as_decodable(encoded) is encoded


@pytest.mark.parametrize("encoded", [b"", b"x", b"II*", b"BM", b"\0\0\0\x18ftyp", b"not a picture"])
def test_what_is_nothing_known_stays_as_it_is(encoded):
    assert as_decodable(encoded) is encoded


def test_avif_is_told_by_any_of_its_brands():
    def box(*brands):
        return struct.pack(">L", 8 + 4 * len(brands)) + b"ftyp" + b"".join(brands)

    assert name(box(b"avif", bytes(4))) == "AVIF"
    assert name(box(b"mif1", bytes(4), b"miaf", b"avif")) == "AVIF"
    assert name(box(b"heic", bytes(4), b"mif1", b"heic") + b"avif") is None
    assert name(box(b"mif1", b"avif")) is None


def test_kinds_have_names_and_suffixes_for_people():
    assert [kind.name for kind in NOT_SERVABLE] == ["TIFF", "AVIF", "run-length encoded BMP"]
    assert {suffix for kind in NOT_SERVABLE for suffix in kind.suffixes} >= {
        ".tif",
        ".tiff",
        ".avif",
    }


@pytest.mark.parametrize("kind", ["TIFF", "AVIF"])
def test_a_decompression_bomb_is_named_with_its_size_and_the_limit(
    picture, encode, monkeypatch, kind
):
    encoded = encode(picture(), kind)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 61 * 43)
    as_decodable(encoded)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 61 * 43 - 1)
    expected = rf"^{kind}: 61 x 43 pixels are 2,623, more than the limit of 2,622\. Scale it down"
    with pytest.raises(OSError, match=expected):
        as_decodable(encoded)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)
    as_decodable(encoded)


@pytest.mark.parametrize("kind", ["TIFF", "AVIF"])
@pytest.mark.parametrize("share", [0.01, 0.1, 0.5, 0.9])
def test_a_file_cut_short_is_an_error_with_its_kind(picture, encode, kind, share):
    options = {"compression": "tiff_lzw"} if kind == "TIFF" else {"speed": 10}
    encoded = encode(picture(), kind, **options)
    with pytest.raises(OSError, match=rf"^{kind}: ."):
        as_decodable(encoded[: max(32, int(len(encoded) * share))])


@pytest.mark.parametrize("kind", ["TIFF", "AVIF"])
def test_damaged_files_are_an_error_or_a_picture(picture, encode, kind):
    generator = np.random.default_rng(0)
    encoded = np.frombuffer(encode(picture(width=9, height=5), kind), "uint8")
    refused = 0
    for _ in range(60):
        damaged = encoded.copy()
        damaged[generator.integers(4, len(encoded), 6)] = generator.integers(0, 256, 6)
        try:
            as_decodable(damaged.tobytes())
        except OSError:
            refused += 1
    assert refused > 0
