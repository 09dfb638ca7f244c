import struct

import pytest
import tensorflow as tf

from keras_tl.data.formats.binary import opened
from keras_tl.data.formats.bmp_header import palette_of, read_bmp_header


@pytest.fixture
def encoded(make_bmp):
    """A picture of 3 x 2 pixels with a palette of two colours."""
    return make_bmp(3, [b"\xa0", b"\x40"], 1, palette=b"\1\2\3\0\4\5\6\0")


def changed(encoded, place, form, value):
    content = struct.pack(form, value)
    return encoded[:place] + content + encoded[place + len(content) :]


def header(encoded):
    return read_bmp_header(opened(tf.constant(encoded)))


def test_what_the_header_says_is_read(encoded):
    found = header(encoded)
    sizes = (found.size, found.width, found.height, found.bits, found.row, found.pixels)
    assert [int(one) for one in sizes] == [40, 3, 2, 1, 4, 62]
    assert not any((found.is_from_top, found.is_masked, found.has_opacity))
    assert int(found.palette_entry) == 4


def test_a_negative_height_means_from_the_top(encoded):
    found = header(changed(encoded, 22, "<l", -2))
    assert found.is_from_top
    assert int(found.height) == 2


def test_the_palette_lies_between_header_and_pixels(encoded):
    file = opened(tf.constant(encoded))
    assert palette_of(file, read_bmp_header(file)).numpy() == b"\1\2\3\0\4\5\6\0"


@pytest.mark.parametrize("compression", [1, 2, 3, 4, 5, 6, 2**32 - 1])
def test_what_is_compressed_is_refused(encoded, compression):
    with pytest.raises(tf.errors.InvalidArgumentError, match="BMP that is compressed"):
        header(changed(encoded, 30, "<L", compression))


@pytest.mark.parametrize("bits", [0, 2, 3, 7, 15, 48, 64, 65535])
def test_a_depth_that_there_is_not_is_refused(encoded, bits):
    with pytest.raises(tf.errors.InvalidArgumentError, match="of unknown depth"):
        header(changed(encoded, 28, "<H", bits))


SIDES = [0, -3, 33, 2**31 - 1]
HEIGHTS = [0, 3, -3, -(2**31)]
PLACES = [0, -1, 63, 2**31 - 1]


@pytest.mark.parametrize(("place", "values"), [(18, SIDES), (22, HEIGHTS), (10, PLACES)])
def test_what_cannot_be_in_the_file_is_refused(encoded, place, values):
    """Sides that are none or too long, and pixels that begin elsewhere."""
    for value in values:
        with pytest.raises(tf.errors.InvalidArgumentError, match="shorter than its header says"):
            header(changed(encoded, place, "<l", value))


def test_a_file_cut_short_anywhere_is_refused(encoded):
    for size in range(2, len(encoded)):
        with pytest.raises(tf.errors.InvalidArgumentError):
            header(encoded[:size])
