"""BMP: 1, 4, 8, 16, 24 or 32 bits a pixel, with a palette or masks, stored from either end.

TensorFlow reads 8, 24 and 32 bits and takes the numbers of a palette for grey, so that only its
operations on bytes are used here.
"""

from typing import Any

from keras_tl.data.formats.binary import File, numbers_at, opened, piece_at, require
from keras_tl.data.formats.bmp_header import BmpHeader, palette_of, read_bmp_header
from keras_tl.data.formats.not_inlined import not_inlined
from keras_tl.data.formats.palette import colours

_MASKS = 54
_MASKS_OF_15_BITS = (0x7C00, 0x03E0, 0x001F)


@not_inlined
def decode_bmp(encoded: Any) -> Any:
    """Decodes a BMP that is not compressed: uint8 `(height, width, 3 or 4)`.

    Raises:
        tf.errors.InvalidArgumentError: If it is compressed or damaged.
    """
    import tensorflow as tf

    file = opened(encoded)
    header = read_bmp_header(file)
    rows = _rows(file, header)
    return tf.switch_case(
        tf.cast(tf.maximum(header.bits, 8) // 8, tf.int32) - 1,
        [
            lambda: _of_palette(file, rows, header),
            lambda: _of_two_bytes(file, rows, header),
            lambda: tf.reverse(_pixels(rows, header, 3), [2]),
            lambda: _of_four_bytes(file, rows, header),
        ],
    )


def _rows(file: File, header: BmpHeader) -> Any:
    """Returns the rows from top to bottom with their padding: uint8 `(height, bytes)`."""
    import tensorflow as tf

    size = tf.cast(header.row * header.height, tf.int32)
    content = tf.io.decode_raw(piece_at(file, header.pixels, size), tf.uint8)
    rows = tf.reshape(content, (header.height, header.row))
    return tf.cond(header.is_from_top, lambda: rows, lambda: tf.reverse(rows, [0]))


def _pixels(rows: Any, header: BmpHeader, width: int) -> Any:
    """Cuts the rows into pixels of `width` bytes: uint8 `(height, width, bytes)`."""
    import tensorflow as tf

    return tf.reshape(rows[:, : header.width * width], (header.height, header.width, width))


def _of_palette(file: File, rows: Any, header: BmpHeader) -> Any:
    """Unpacks the numbers of colours, the leftmost in the highest bits, and looks them up."""
    import tensorflow as tf

    bits = tf.cast(header.bits, tf.int32)
    shifts = tf.range(8 - bits, -1, -bits)
    numbers = tf.bitwise.right_shift(tf.cast(rows, tf.int32)[..., None], shifts)
    numbers = tf.bitwise.bitwise_and(numbers, tf.bitwise.left_shift(1, bits) - 1)
    numbers = tf.reshape(numbers, (header.height, -1))[:, : header.width]
    table = colours(palette_of(file, header), header.palette_entry)
    return tf.gather(table[:, ::-1], numbers)


def _of_two_bytes(file: File, rows: Any, header: BmpHeader) -> Any:
    """Cuts each pixel up by three masks and spreads what they hold over 0..255."""
    import tensorflow as tf

    low, high = tf.unstack(tf.cast(_pixels(rows, header, 2), tf.int32), axis=-1)
    masks = tf.where(header.is_masked, numbers_at(file, _MASKS, 3, 4), _MASKS_OF_15_BITS)
    lowest = tf.bitwise.bitwise_and(masks, -masks)
    levels = tf.bitwise.bitwise_and((low + 256 * high)[..., None], masks) // lowest
    return tf.cast(levels * 255 // (masks // lowest), tf.uint8)


def _of_four_bytes(file: File, rows: Any, header: BmpHeader) -> Any:
    """Reads pixels of blue, green, red and nothing, unless masks say otherwise."""
    import tensorflow as tf

    pixels = _pixels(rows, header, 4)
    return tf.cond(
        header.is_masked,
        lambda: _in_order_of_masks(file, pixels, header),
        lambda: tf.reverse(pixels[..., :3], [2]),
    )


def _in_order_of_masks(file: File, pixels: Any, header: BmpHeader) -> Any:
    """Puts the four bytes of each pixel in order; each mask must be that of a byte."""
    import tensorflow as tf

    masks = tf.reshape(numbers_at(file, _MASKS, 16, 1), (4, 4))
    are_bytes = (tf.reduce_max(masks, axis=1) == 255) & (tf.reduce_sum(masks, axis=1) == 255)
    are_known = tf.reduce_all(are_bytes[:3])
    order = require(are_known, "BMP with masks that are no bytes", tf.argmax(masks, axis=1))
    count = tf.where(header.has_opacity & are_bytes[3], 4, 3)
    return tf.gather(pixels, order[:count], axis=-1)
