"""EXIF orientation: how a picture has to be turned so that a person sees it upright.

Source: Exif 2.32 (CIPA DC-008-2019), tag 0x0112; TIFF 6.0, section 2, for the directory.
"""

from typing import Any

from keras_tl.data.formats.binary import File, number_at, opened, piece_at, starts
from keras_tl.data.formats.not_inlined import not_inlined

PREFIX = b"Exif\0\0"
_TAG, _SHORT, _ENTRY = 0x0112, 3, 12

# By orientation, of which there is no 0: the order of the axes, then which of them are mirrored.
_AXES = [(0, 1, 2)] * 5 + [(1, 0, 2)] * 4
_ROWS = (False, False, False, True, True, False, False, True, True)
_COLUMNS = (False, False, True, True, False, False, True, True, False)


@not_inlined
def orientation_of(exif: Any) -> Any:
    """Reads the orientation out of EXIF data, in either byte order.

    Args:
        exif: Scalar string tensor: a TIFF header and its directories, after `Exif` and two zeros
            or not.

    Returns:
        Int32 scalar, 1 to 8; 1 (upright) where there is none or the data are damaged.
    """
    import tensorflow as tf

    file = opened(exif)
    start = tf.where(starts(file, PREFIX), len(PREFIX), 0)
    tiff = opened(piece_at(file, start, file.size))
    is_little = starts(tiff, b"II*\0")
    found = tf.where(is_little | starts(tiff, b"MM\0*"), _in_directory(tiff, is_little), 1)
    return tf.where((found >= 1) & (found <= 8), found, 1)


def _in_directory(tiff: File, is_little: Any) -> Any:
    """Returns the orientation in the first directory; if there is none, a number that is none."""
    import tensorflow as tf

    def number(position: Any, width: int) -> Any:
        either = (number_at(tiff, position, width, little=little) for little in (True, False))
        return tf.where(is_little, *either)

    directory = tf.minimum(tf.maximum(number(4, 4), 0), tiff.size)
    count = tf.minimum(number(directory, 2), (tiff.size - directory - 2) // _ENTRY)
    content = piece_at(tiff, directory + 2, count * _ENTRY)
    either = (tf.io.decode_raw(content, tf.uint16, little_endian=order) for order in (True, False))
    words = tf.reshape(tf.cast(tf.where(is_little, *either), tf.int32), (-1, _ENTRY // 2))
    tag, kind, *values, first, _ = tf.unstack(words, axis=1)
    is_orientation = (tag == _TAG) & (kind == _SHORT) & (sum(values) == 1)
    return tf.reduce_max(tf.where(is_orientation, first, 0))


def upright(image: Any, orientation: Any) -> Any:
    """Turns a picture `(height, width, channels)` as its orientation, 1 to 8, says."""
    import tensorflow as tf

    return tf.cond(orientation == 1, lambda: image, lambda: _turned(image, orientation))


def _turned(image: Any, orientation: Any) -> Any:
    """Swaps the axes or not, then mirrors each of them or not."""
    import tensorflow as tf

    mirrored = [tf.gather(axis, orientation) for axis in (_ROWS, _COLUMNS)]
    swapped = tf.transpose(image, tf.gather(_AXES, orientation))
    return tf.raw_ops.Reverse(tensor=swapped, dims=tf.stack([*mirrored, False]))
