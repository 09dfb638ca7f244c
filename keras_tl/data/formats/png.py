"""PNG: every type of pixel becomes red, green, blue and, if the file has it, opacity."""

from typing import Any

from keras_tl.data.formats.binary import number_at, opened, starts
from keras_tl.data.formats.not_inlined import not_inlined
from keras_tl.data.formats.pieces import png_chunk

_TYPES_WITH_OPACITY = (4, 6)


@not_inlined
def decode_png(encoded: Any) -> Any:
    """Decodes a PNG, not yet turned upright: uint8 `(height, width, 3 or 4)`.

    Grey is repeated, a palette looked up, what is declared transparent becomes so, and of 16 bits
    the higher 8 are kept. TensorFlow must not be asked for opacity where there is none: with
    fewer than 8 bits it makes some up.
    """
    import tensorflow as tf

    return tf.cond(
        _has_opacity(encoded),
        lambda: tf.io.decode_png(encoded, channels=4),
        lambda: tf.io.decode_png(encoded, channels=3),
    )


def _has_opacity(encoded: Any) -> Any:
    """Tells it by the type of the pixels, or by a chunk before them."""
    import tensorflow as tf

    file = opened(encoded)
    declared = starts(file, b"tRNS", png_chunk(file, b"tRNS", until=b"IDAT") + 4)
    return declared | tf.reduce_any(number_at(file, 25, 1) == _TYPES_WITH_OPACITY)
