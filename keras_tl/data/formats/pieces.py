"""The pieces that JPEG, PNG and WebP consist of: each tells its kind and its length.

Source: ITU-T T.81, annex B; PNG, third edition, section 5; RFC 9649, section 2.
"""

from typing import Any

from keras_tl.data.formats.binary import File, number_at, numbers_at, starts, walk

_FIRST_SEGMENT, _FIRST_PNG_CHUNK, _FIRST_RIFF_CHUNK = 2, 8, 12
_START_OF_SCAN = b"\xff\xda"


def jpeg_segment(file: File, marker: bytes, beginning: bytes) -> Any:
    """Returns where the first segment with that marker and beginning is, or else the scan.

    Args:
        file: A JPEG.
        marker: Two bytes.
        beginning: What its content begins with.
    """
    import tensorflow as tf

    def is_end(position: Any) -> Any:
        is_it = starts(file, marker, position) & starts(file, beginning, position + 4)
        return is_it | starts(file, _START_OF_SCAN, position)

    def length_at(position: Any) -> Any:
        found, length = tf.unstack(numbers_at(file, position, 2, 2, little=False))
        is_padding = (found <= 0xFF00) | (found == 0xFFFF)
        return tf.where(is_padding, 1, 2 + length)

    return walk(file, _FIRST_SEGMENT, length_at, is_end)


def png_chunk(file: File, name: bytes, until: bytes = b"IEND") -> Any:
    """Returns where the first chunk of that name in a PNG is, or of the name `until`."""

    def is_end(position: Any) -> Any:
        return starts(file, name, position + 4) | starts(file, until, position + 4)

    def length_at(position: Any) -> Any:
        return 12 + number_at(file, position, 4, little=False)

    return walk(file, _FIRST_PNG_CHUNK, length_at, is_end)


def riff_chunk(file: File, name: bytes) -> Any:
    """Returns where the first chunk of that name in a WebP is, or the end."""

    def length_at(position: Any) -> Any:
        size = number_at(file, position + 4, 4)
        return 8 + size + size % 2

    return walk(file, _FIRST_RIFF_CHUNK, length_at, lambda position: starts(file, name, position))
