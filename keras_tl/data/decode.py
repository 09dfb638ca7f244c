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
        lambda: _decode_other(encoded),
    )
    return tf.ensure_shape(tf.cast(image, tf.float32), (None, None, 3))


def _decode_other(encoded: Any) -> Any:
    """Decodes what is not JPEG: grey is repeated, transparency dropped, a palette looked up.

    TensorFlow refuses WebP with transparency when it is asked for three channels, overruns its
    memory on moving WebP when it is not, and gives the indices of a BMP with a palette as grey.
    """
    import tensorflow as tf

    image = tf.cond(
        _is_moving_webp(encoded),
        lambda: tf.io.decode_image(encoded, channels=3, expand_animations=False),
        lambda: tf.io.decode_image(encoded, expand_animations=False),
    )
    image = tf.ensure_shape(image, (None, None, None))
    is_grey = tf.shape(image)[-1] < 3
    return tf.case(
        [
            (is_grey & _starts(encoded, b"BM"), lambda: _colours(encoded, image)),
            (is_grey, lambda: tf.repeat(image[..., :1], 3, axis=-1)),
        ],
        default=lambda: image[..., :3],
    )


def _starts(encoded: Any, beginning: bytes, at: int = 0) -> Any:
    """Tells whether the bytes from `at` on begin so; a file that is too short does not."""
    import tensorflow as tf

    head = tf.io.decode_raw(encoded, tf.uint8, fixed_length=at + len(beginning))
    return tf.reduce_all(head[at:] == tf.constant(list(beginning), tf.uint8))


def _is_moving_webp(encoded: Any) -> Any:
    import tensorflow as tf

    flags = tf.io.decode_raw(encoded, tf.uint8, fixed_length=21)[20]
    return _starts(encoded, b"WEBPVP8X", at=8) & (tf.bitwise.bitwise_and(flags, 2) > 0)


def _colours(encoded: Any, indices: Any) -> Any:
    """Looks the pixels of a BMP up in its palette, which lies between header and pixels."""
    import tensorflow as tf

    header = tf.io.decode_raw(tf.strings.substr(encoded, 10, 8), tf.int32)
    start, end = header[1] + 14, header[0]
    palette = tf.io.decode_raw(tf.strings.substr(encoded, start, end - start), tf.uint8)
    colours = tf.reshape(palette, (-1, 4))[:, 2::-1]
    return tf.gather(colours, tf.cast(indices[..., 0], tf.int32))


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
