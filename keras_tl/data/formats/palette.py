"""Colours that pixels point at by number."""

from typing import Any


def colours(content: Any, width: Any) -> Any:
    """Reads a palette of at most 256 colours; entries that a file leaves out are grey.

    Args:
        content: Scalar string tensor.
        width: Bytes of an entry, its colour first; a number or a scalar tensor.

    Returns:
        Uint8 `(256, 3)`, in the order in which the bytes are stored.
    """
    import tensorflow as tf

    stored = tf.io.decode_raw(content, tf.uint8)
    whole = tf.size(stored) // width * width
    listed = tf.reshape(stored[:whole], (-1, width))[:256, :3]
    grey = tf.repeat(tf.range(256, dtype=tf.int32)[:, None], 3, axis=1)
    filled = tf.concat([listed, tf.cast(grey, tf.uint8)[tf.shape(listed)[0] :]], axis=0)
    return tf.ensure_shape(filled, (256, 3))
