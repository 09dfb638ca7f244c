"""The header of a BMP: what lies where, checked against the length of the file.

Source: Bitmap Storage, Windows GDI; BITMAPCOREHEADER, OS/2 1.x.
"""

from typing import Any, NamedTuple

from keras_tl.data.formats.binary import File, number_at, numbers_at, piece_at, require

DEPTHS = (1, 4, 8, 16, 24, 32)
_START = 14
_OLD, _WITH_OPACITY = 12, 56
_PLAIN, _MASKED = 0, 3


class BmpHeader(NamedTuple):
    """What is known of a BMP before its pixels are read, as scalar int64 or boolean tensors.

    Attributes:
        size: Bytes of the header.
        width: In pixels.
        height: In pixels.
        is_from_top: Whether the row that is stored first is the top one.
        bits: Bits of a pixel, one of `DEPTHS`.
        row: Bytes of a row.
        pixels: Position of the first row.
        is_masked: Whether masks say where in a pixel its colours lie.
    """

    size: Any
    width: Any
    height: Any
    is_from_top: Any
    bits: Any
    row: Any
    pixels: Any
    is_masked: Any

    @property
    def palette_entry(self) -> Any:
        """Bytes of a colour in the palette."""
        import tensorflow as tf

        return tf.where(self.size == _OLD, 3, 4)

    @property
    def has_opacity(self) -> Any:
        """Whether the header has room for a mask of opacity."""
        return self.is_masked & (self.size >= _WITH_OPACITY)


def read_bmp_header(file: File) -> BmpHeader:
    """Reads the header of a BMP.

    Raises:
        tf.errors.InvalidArgumentError: If the file is compressed, of a depth that there is not,
            or shorter than the header says.
    """
    import tensorflow as tf

    size = number_at(file, _START, 4)
    is_old = size == _OLD
    sides = tf.where(is_old, numbers_at(file, 18, 2, 2), numbers_at(file, 18, 2, 4))
    width, height = tf.unstack(tf.cast(sides, tf.int64))
    bits = number_at(file, tf.where(is_old, 24, 28), 2)
    compression = tf.where(is_old, _PLAIN, number_at(file, 30, 4))
    bits = tf.cast(_supported(bits, compression), tf.int64)
    found = BmpHeader(
        size=size,
        width=width,
        height=tf.abs(height),
        is_from_top=height < 0,
        bits=bits,
        row=(width * bits + 31) // 32 * 4,
        pixels=number_at(file, 10, 4),
        is_masked=compression == _MASKED,
    )
    return found._replace(height=_stored(found, file.size))


def palette_of(file: File, header: BmpHeader) -> Any:
    """Returns the bytes between header and pixels, where the palette lies."""
    start = _START + header.size
    return piece_at(file, start, header.pixels - start)


def _supported(bits: Any, compression: Any) -> Any:
    """Returns the bits of a pixel if this is a BMP that can be read."""
    import tensorflow as tf

    is_plain = (compression == _PLAIN) | ((compression == _MASKED) & (bits >= 16))
    is_supported = is_plain & tf.reduce_any(bits == DEPTHS)
    return require(is_supported, "BMP that is compressed or of unknown depth", bits)


def _stored(header: BmpHeader, size: Any) -> Any:
    """Returns the height if the file holds that many rows."""
    import tensorflow as tf

    rows = tf.cast(size - header.pixels, tf.int64) // tf.maximum(header.row, 1)
    is_place = (header.width > 0) & (header.height > 0) & (header.pixels > 0)
    is_stored = is_place & (header.height <= rows)
    return require(is_stored, "BMP that is shorter than its header says", header.height)
