import numpy as np
import pytest
import tensorflow as tf

from keras_tl.data.formats.exif import exif_of_jpeg, exif_of_png, exif_of_webp

APP1, APP2, COMMENT = b"\xff\xe1", b"\xff\xe2", b"\xff\xfe"
READERS = {"JPEG": exif_of_jpeg, "PNG": exif_of_png, "WEBP": exif_of_webp}
ORIENTATIONS = [(number, order) for number in range(1, 9) for order in "<>"]


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize(("orientation", "order"), ORIENTATIONS)
def test_every_picture_comes_out_upright(
    picture, encode, make_exif, pixels, by_pillow, kind, orientation, order
):
    encoded = encode(picture(), kind, exif=make_exif(orientation, order))
    expected = by_pillow(encoded)
    assert expected.shape == ((43, 61, 3) if orientation < 5 else (61, 43, 3))
    np.testing.assert_array_equal(pixels(encoded), expected)


@pytest.mark.parametrize("kind", READERS)
def test_without_exif_there_is_nothing_to_read(picture, encode, kind):
    assert not READERS[kind](tf.constant(encode(picture(), kind))).numpy().startswith(b"Exif")


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_turned_with_the_picture(
    see_through, encode, make_exif, pixels, by_pillow, kind, mode
):
    encoded = encode(see_through(mode=mode), kind, exif=make_exif(6))
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_jpeg_of_every_colour_is_turned(picture, encode, make_exif, pixels, by_pillow, mode):
    encoded = encode(picture(mode=mode), "JPEG", exif=make_exif(8))
    assert np.abs(pixels(encoded) - by_pillow(encoded)).max() <= 1


@pytest.mark.parametrize("place", range(9))
def test_exif_is_found_at_any_place_before_the_scan(
    picture, encode, make_exif, in_jpeg, pixels, by_pillow, place
):
    encoded = in_jpeg(encode(picture(), "JPEG"), (APP1, make_exif(6)), at=place)
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))
    assert pixels(encoded).shape == (61, 43, 3)


BEFORE = {
    "xmp": [(APP1, b"http://ns.adobe.com/xap/1.0/\0<x/>")],
    "a profile": [(APP2, b"ICC_PROFILE\0" + bytes(60_000))] * 3,
    "a scan in a comment": [(COMMENT, b"\xff\xda\0\4ab")],
    "the word in a comment": [(COMMENT, b"Exif\0\0MM\0*")],
    "an empty comment": [(COMMENT, b"")],
    "a segment cut short in itself": [(APP1, b"Exif")],
}


@pytest.mark.parametrize("name", BEFORE)
def test_what_lies_before_it_is_passed_over(
    picture, encode, make_exif, in_jpeg, pixels, by_pillow, name
):
    encoded = in_jpeg(encode(picture(), "JPEG"), *BEFORE[name], (APP1, make_exif(6)))
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))
    assert pixels(encoded).shape == (61, 43, 3)


def test_padding_between_segments_is_passed_over(
    picture, encode, make_exif, in_jpeg, pixels, by_pillow
):
    encoded = in_jpeg(encode(picture(), "JPEG"), (APP1, make_exif(6)), at=1)
    position = encoded.index(APP1)
    encoded = encoded[:position] + b"\xff" * 7 + encoded[position:]
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))
    assert pixels(encoded).shape == (61, 43, 3)


def test_exif_after_the_scan_or_in_a_comment_is_none(picture, encode, make_exif, in_jpeg, pixels):
    encoded = encode(picture(), "JPEG")
    plain = pixels(encoded)
    for other in (encoded + make_exif(6), in_jpeg(encoded, (COMMENT, make_exif(6)))):
        np.testing.assert_array_equal(pixels(other), plain)


def test_of_two_the_first_counts(picture, encode, make_exif, in_jpeg, pixels, by_pillow):
    segments = [(APP1, make_exif(3)), (APP1, make_exif(6))]
    encoded = in_jpeg(encode(picture(), "JPEG"), *segments)
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))
    assert pixels(encoded).shape == (43, 61, 3)


@pytest.mark.parametrize("place", ["before", "after"])
def test_png_has_it_before_the_pixels_or_after(make_png, make_exif, pixels, by_pillow, place):
    rows = np.random.default_rng(0).integers(0, 256, (5, 7 * 3)).astype("uint8")
    chunks = [(b"tEXt", b"a\0b"), (b"eXIf", make_exif(6)[6:])]
    encoded = make_png(7, rows, 8, 2, **{place: chunks})
    found = pixels(encoded)
    assert found.shape == (7, 5, 3)
    np.testing.assert_array_equal(found, by_pillow(encoded))


def test_the_header_that_jpeg_has_before_the_data_does_no_harm_in_png(
    make_png, make_exif, pixels, by_pillow
):
    encoded = make_png(3, [bytes(range(9))] * 2, 8, 2, before=[(b"eXIf", make_exif(6))])
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))
    assert pixels(encoded).shape == (3, 2, 3)


@pytest.mark.parametrize("kind", READERS)
def test_damaged_exif_never_fails_a_picture(picture, encode, make_exif, pixels, kind):
    generator = np.random.default_rng(0)
    image = picture(width=9, height=5)
    for _ in range(40):
        exif = bytearray(make_exif(6))
        for place in generator.integers(6, len(exif), 4):
            exif[place] = generator.choice([0, 1, 255])
        assert sorted(pixels(encode(image, kind, exif=bytes(exif))).shape) == [3, 5, 9]


@pytest.mark.parametrize(
    "segment", [b"\xff\xe2\0\0", b"\xff\xe2\0\1", b"\xff\xe2\0\2", b"\0", b"\xff"]
)
def test_no_segment_holds_the_search_up(segment):
    """More pieces than are looked at; a length that leads nowhere; padding without an end."""
    encoded = b"\xff\xd8" + segment * 9000 + b"Exif\0\0"
    assert not exif_of_jpeg(tf.constant(encoded)).numpy().startswith(b"Exif")


@pytest.mark.parametrize("size", [0, 1, 2**31 - 12, 2**31 - 1, 2**31, 2**32 - 1])
def test_no_length_of_a_chunk_leads_out_of_the_file(size):
    png = b"\x89PNG\r\n\x1a\n" + size.to_bytes(4, "big") + b"IHDR" + b"eXIf"
    webp = b"RIFF\x20\0\0\0WEBPVP8X" + size.to_bytes(4, "little") + b"EXIF"
    for read, encoded in ((exif_of_png, png), (exif_of_webp, webp)):
        assert read(tf.constant(encoded)).numpy() in (b"", b"EXIF", b"eXIf")
