"""The one way from encoded bytes to pixels, in training, evaluation, prediction and serving.

JPEG is decoded with the accurate integer transform, which gives the pixels that Pillow gives;
TensorFlow's default is up to four grey levels off. Resizing is bilinear with antialiasing.
"""

from typing import Any

import keras


def decode(encoded: Any) -> Any:
    """Decodes one JPEG, PNG, GIF (first frame), BMP or WebP.

    Args:
        encoded: Scalar string tensor of encoded bytes.

    Returns:
        Float32 tensor `(height, width, 3)` in 0..255.
    """
    import tensorflow as tf

    image = tf.cond(
        tf.io.is_jpeg(encoded),
        lambda: tf.io.decode_jpeg(encoded, channels=3, dct_method="INTEGER_ACCURATE"),
        lambda: tf.io.decode_image(encoded, channels=3, expand_animations=False),
    )
    return tf.ensure_shape(tf.cast(image, tf.float32), (None, None, 3))


def resize(images: Any, size: tuple[int, int], policy: str) -> Any:
    """Brings images to a size.

    Args:
        images: Float tensor `(height, width, 3)` or `(batch, height, width, 3)`.
        size: Height and width, in pixels.
        policy: `"crop"` cuts the middle out, `"pad"` adds black bars, `"stretch"` distorts.

    Returns:
        Tensor of the same rank and of that size.
    """
    return keras.ops.image.resize(
        images,
        size,
        interpolation="bilinear",
        antialias=True,
        crop_to_aspect_ratio=policy == "crop",
        pad_to_aspect_ratio=policy == "pad",
        data_format="channels_last",
    )


def decode_and_resize(encoded: Any, size: tuple[int, int], policy: str) -> Any:
    """Decodes a vector of encoded images and brings them to one size.

    Args:
        encoded: String tensor `(batch,)`.
        size: Height and width, in pixels.
        policy: As for `resize`.

    Returns:
        Float32 tensor `(batch, height, width, 3)` in 0..255.
    """
    import tensorflow as tf

    return tf.map_fn(
        lambda one: resize(decode(one), size, policy),
        encoded,
        fn_output_signature=tf.TensorSpec((*size, 3), tf.float32),
    )
