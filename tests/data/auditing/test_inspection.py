"""What one look finds, against Pillow and NumPy."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from keras_tl.data.auditing.inspection import inspect
from keras_tl.data.auditing.look import look_at
from keras_tl.data.auditing.pixels import decoder_for
from keras_tl.foundation.files import digest


def look(encoded):
    return inspect(encoded, decoder_for(1))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "L"),
        ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "RGBA"), ("GIF", "P"), ("BMP", "RGB"),
        ("WEBP", "RGB"), ("WEBP", "RGBA"), ("TIFF", "RGB"), ("TIFF", "CMYK"), ("AVIF", "RGB"),
    ],
)  # fmt: skip
def test_every_kind_that_is_read_is_found_with_its_format_and_size(picture, encode, kind, mode):
    encoded = encode(picture(mode=mode), kind)
    found = look(encoded)
    assert found.reason == ""
    assert (found.height, found.width) == (43, 61)
    assert found.format == f"{kind} {mode}"
    assert found.digest == digest(encoded)


def test_a_picture_lies_as_a_person_sees_it(picture, encode):
    exif = Image.Exif()
    exif[0x0112] = 6
    found = look(encode(picture(), "JPEG", exif=exif))
    assert (found.height, found.width) == (61, 43)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (700, 3), (64, 48)])
def test_pictures_of_any_shape_are_looked_at(picture, encode, size):
    found = look(encode(picture(width=size[0], height=size[1]), "PNG"))
    assert (found.width, found.height) == size
    assert found.reason == ""


def test_the_deviation_is_that_of_the_pixels(picture, encode):
    image = picture(3, 120, 90)
    expected = np.asarray(image).std(axis=(0, 1)).max()
    assert look(encode(image, "PNG")).deviation == pytest.approx(expected, abs=1e-3)


def test_a_large_picture_is_judged_by_every_nth_pixel(picture, encode):
    image = picture(3, 1200, 900)
    expected = np.asarray(image).std(axis=(0, 1)).max()
    assert look(encode(image, "JPEG", quality=95)).deviation == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("kind", ["ICO", "PPM", "TGA", "JPEG2000"])
def test_formats_that_are_not_read_are_called_by_name(picture, encode, kind):
    found = look(encode(picture(), kind))
    assert found.reason == f"{kind} is not read: save it as JPEG or PNG"
    assert found.digest


def test_large_pictures_are_decoded_one_at_a_time(picture, encode, monkeypatch):
    from keras_tl.data.auditing import pixels

    held = []

    class Lock:
        def __enter__(self):
            held.append(True)

        def __exit__(self, *_):
            held.append(False)

    monkeypatch.setattr(pixels, "_one_large_picture", Lock())
    look(encode(picture(), "PNG"))
    assert held == []
    monkeypatch.setattr(pixels, "LARGE", 1000)
    look(encode(picture(), "PNG"))
    assert held == [True, False]


def test_odd_files_raise_no_warning_of_pillow(picture, encode):
    """A broken index of several pictures makes Pillow warn; here warnings are errors."""
    encoded = encode(picture(), "JPEG")
    index = b"MPF\0" + bytes(12)
    odd = encoded[:2] + b"\xff\xe2" + struct.pack(">H", 2 + len(index)) + index + encoded[2:]
    with pytest.warns(UserWarning, match="malformed MPO"):
        Image.open(io.BytesIO(odd)).close()
    assert not look_at([odd])[0].reason
