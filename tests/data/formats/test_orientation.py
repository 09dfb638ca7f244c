import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import ExifTags, Image, ImageOps

from keras_tl.data.formats.orientation import orientation_of, upright


def read(exif):
    return int(orientation_of(tf.constant(exif)))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", "<>")
def test_every_orientation_is_read_in_both_byte_orders(make_exif, orientation, order):
    exif = make_exif(orientation, order, before=3)
    assert read(exif) == read(exif[6:]) == orientation


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_pillow_writes_is_read(orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "a camera of some make"
    exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExposureTime] = 0.01
    assert read(exif.tobytes()) == orientation


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_pillow_turns_it(picture, encode, make_exif, orientation):
    encoded = encode(picture(), "PNG", exif=make_exif(orientation))
    stored = Image.open(io.BytesIO(encoded))
    expected = np.asarray(ImageOps.exif_transpose(stored))
    found = upright(tf.constant(np.asarray(stored)), tf.constant(orientation)).numpy()
    np.testing.assert_array_equal(found, expected)


def test_the_corner_where_the_picture_begins_is_the_one_of_the_standard():
    """Exif 2.32, table of tag 0x0112: where row 0 and column 0 of what is stored are seen."""
    seen = {1: (0, 0), 2: (0, -1), 3: (-1, -1), 4: (-1, 0), 5: (0, 0), 6: (0, -1), 7: (-1, -1)}
    stored = np.zeros((2, 3, 1), "uint8")
    stored[0, 0] = 1
    for orientation, corner in {**seen, 8: (-1, 0)}.items():
        found = upright(tf.constant(stored), tf.constant(orientation)).numpy()
        assert found.shape == ((2, 3, 1) if orientation < 5 else (3, 2, 1))
        assert found[corner] == 1


@pytest.mark.parametrize("orientation", [0, 9, 255, 65535])
@pytest.mark.parametrize("order", "<>")
def test_a_number_that_is_no_orientation_is_upright(make_exif, orientation, order):
    assert read(make_exif(orientation, order)) == 1


@pytest.mark.parametrize(
    "changes", [{"tag": 0x0113}, {"kind": "L"}, {"count": 2}, {"count": 0}, {"count": 2**32 - 1}]
)
def test_an_entry_that_is_not_one_short_number_is_none(make_exif, changes):
    assert read(make_exif(6, **changes)) == 1


@pytest.mark.parametrize("order", "<>")
def test_data_that_end_anywhere_are_upright_or_complete(make_exif, order):
    exif = make_exif(6, order)
    found = [read(exif[:size]) for size in range(len(exif) + 1)]
    assert set(found[:-5]) == {1}
    assert set(found[-5:]) == {6}


@pytest.mark.parametrize("order", ["little", "big"])
@pytest.mark.parametrize("offset", [0, 1, 7, 100, 2**16, 2**31 - 1, 2**31, 2**32 - 1])
def test_a_directory_that_lies_elsewhere_is_none(make_exif, order, offset):
    exif = make_exif(6, "<" if order == "little" else ">")
    assert read(exif[:10] + offset.to_bytes(4, order) + exif[14:]) == 1


def test_a_directory_that_says_it_has_more_entries_ends_with_the_data(make_exif):
    exif = make_exif(6)
    assert read(exif[:14] + b"\xff\xff" + exif[16:]) == 6


@pytest.mark.parametrize("exif", [b"", b"II", b"II*\0", b"Exif\0\0", b"Exif\0\0MM\0*", b"\0" * 99])
def test_what_is_no_exif_is_upright(exif):
    assert read(exif) == 1


def test_damaged_data_never_fail(make_exif):
    generator = np.random.default_rng(0)
    for number in range(300):
        exif = np.frombuffer(make_exif(number % 8 + 1, "<>"[number % 2]), "uint8").copy()
        places = generator.integers(0, len(exif), generator.integers(1, 8))
        exif[places] = generator.choice([0, 1, 6, 18, 127, 128, 255], len(places))
        assert 1 <= read(exif[: generator.integers(8, len(exif) + 1)].tobytes()) <= 8
