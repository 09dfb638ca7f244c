"""JPEG: the accurate transform, and four colours in Adobe's way."""

from typing import Any

_START = b"\xff\xd8"
_ADOBE = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"


def decode_jpeg(encoded: Any) -> Any:
    """Decodes a JPEG, not yet turned upright: uint8 `(height, width, 3)`.

    Grey and colour are what Pillow gives, exactly. CMYK and YCCK are within one level of it,
    since TensorFlow cuts off where Pillow rounds.
    """
    import tensorflow as tf

    colours = tf.io.extract_jpeg_shape(encoded)[2]
    marked = tf.cond(colours == 4, lambda: _marked_as_adobes(encoded), lambda: encoded)
    return tf.io.decode_jpeg(marked, channels=3, dct_method="INTEGER_ACCURATE")


def _marked_as_adobes(encoded: Any) -> Any:
    """Marks a CMYK file as one of Adobe's, who store inks inverted; a mark of its own overrides.

    Files without the mark are inverted as well: Pillow and browsers take all of them so.
    """
    import tensorflow as tf

    return tf.strings.join([_START + _ADOBE, tf.strings.substr(encoded, 2, -1)])
