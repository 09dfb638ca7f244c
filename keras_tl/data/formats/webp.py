"""WebP: transparency, and the first frame of one that moves.

TensorFlow refuses those that move, and transparency where it is not expected.

Source: WebP Container Specification, RFC 9649.
"""

from typing import Any

from keras_tl.data.formats.binary import File, number_at, numbers_at, opened, piece_at, starts
from keras_tl.data.formats.not_inlined import not_inlined
from keras_tl.data.formats.pieces import riff_chunk
from keras_tl.data.formats.transparency import with_opacity

_MOVES = 2
_HAS_OPACITY = b"\x10\0\0\0"


@not_inlined
def decode_webp(encoded: Any) -> Any:
    """Decodes a WebP, or its first frame, not yet turned upright: `(height, width, 3 or 4)`."""
    import tensorflow as tf

    file = opened(encoded)
    flags = number_at(file, 20, 1)
    moves = starts(file, b"VP8X", 12) & (tf.bitwise.bitwise_and(flags, _MOVES) > 0)
    return tf.cond(moves, lambda: _first_frame(file), lambda: _decode(encoded))


def _decode(encoded: Any) -> Any:
    import tensorflow as tf

    image = tf.io.decode_image(encoded, expand_animations=False)
    return tf.ensure_shape(image, (None, None, None))


def _first_frame(file: File) -> Any:
    """Decodes the first frame as a file of its own; beside it the canvas is transparent."""
    import tensorflow as tf

    frame = riff_chunk(file, b"ANMF") + 8
    corner, size = tf.split(_numbers_of_three_bytes(file, frame, 4), 2)
    canvas = _numbers_of_three_bytes(file, 24, 2)
    beside = tf.stack([2 * corner, canvas - 2 * corner - size], axis=1)
    image = with_opacity(_decode(_alone(file, frame)))
    return tf.pad(image, tf.concat([beside[::-1], [[0, 0]]], axis=0))


def _numbers_of_three_bytes(file: File, position: Any, count: int) -> Any:
    import tensorflow as tf

    digits = tf.reshape(numbers_at(file, position, 3 * count, 1), (count, 3))
    return tf.reduce_sum(digits * [1, 256, 256**2], axis=1)


def _alone(file: File, frame: Any) -> Any:
    """Returns a file of the same length that begins with the frame; the rest is never read."""
    import tensorflow as tf

    header = [piece_at(file, 0, 20), _HAS_OPACITY, piece_at(file, frame + 6, 6)]
    skipped = piece_at(file, 30, frame - 14)
    return tf.strings.join([*header, piece_at(file, frame + 16, file.size), skipped])
