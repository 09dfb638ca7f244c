"""Decoded images at the size of a model, inside the graph."""

from typing import Any

from keras_tl.data.decode import resize


def at_size(images: Any, size: tuple[int, int], policy: str) -> Any:
    """Returns images at a size; those that have it already cost nothing.

    Args:
        images: Float32 tensor `(batch, height, width, 3)` of a size that is known when it runs.
        size: Height and width, in pixels.
        policy: As for `keras_tl.data.decode.resize`.
    """
    import tensorflow as tf

    is_right = tf.reduce_all(tf.shape(images)[1:3] == size)
    found = tf.cond(is_right, lambda: images, lambda: resize(images, size, policy))
    return tf.ensure_shape(found, (None, *size, 3))
