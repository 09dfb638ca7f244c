"""What is transparent shows the background."""

from typing import Any

from keras_tl.foundation.colours import WHITE, Colour, as_colour


def on_background(image: Any, background: Colour = WHITE) -> Any:
    """Lays a picture on a background of one colour, rounded as Pillow's `alpha_composite` does.

    Args:
        image: Uint8 tensor `(height, width, 3 or 4)`: red, green, blue and, if any, opacity.
        background: Red, green and blue, in 0..255.

    Returns:
        Uint8 tensor `(height, width, 3)`.

    Raises:
        ValueError: If `background` is not three integers in 0..255.
    """
    import tensorflow as tf

    colour = tf.constant(as_colour(background), tf.float32)
    is_opaque = tf.reduce_all(image[..., 3:] == 255)
    return tf.cond(is_opaque, lambda: image[..., :3], lambda: _laid_on(image, colour))


def with_opacity(image: Any) -> Any:
    """Returns a picture of three or four channels with four: opaque where it had three."""
    import tensorflow as tf

    missing = 4 - tf.shape(image)[-1]
    opaque = tf.constant(255, image.dtype)
    return tf.pad(image, [[0, 0], [0, 0], [0, missing]], constant_values=opaque)


def _laid_on(image: Any, colour: Any) -> Any:
    """The product is a whole number, so that only the division rounds, and never at a half."""
    import tensorflow as tf

    levels = tf.cast(image, tf.float32)
    above = (levels[..., :3] - colour) * levels[..., 3:]
    return tf.cast(tf.round(colour + above / 255), tf.uint8)
