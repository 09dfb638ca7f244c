"""The one way from encoded bytes to pixels, in training, evaluation, prediction and serving.

What comes out is the upright picture in red, green and blue that a person sees, whichever way the
file stores it; the room `formats` knows the ways. It is one TensorFlow graph of operations that
serialize, so that an exported model does the same. Against Pillow (`ImageOps.exif_transpose`, laid
on the background, `convert("RGB")`):

- JPEG, PNG, GIF, BMP and WebP give the same pixels.
- CMYK JPEG is within one level, since TensorFlow cuts off where Pillow rounds.
- Grey PNG of 16 bits keeps the higher 8, as colour of 16 bits does; Pillow cuts it at 255. Of 2
  or 4 bits, a grey that is declared transparent is so, which Pillow misses.
- Orientation is read from EXIF alone; Pillow falls back on XMP.

Resizing is bilinear with antialiasing.
"""

from typing import Any

import keras

from keras_tl.data.formats.bmp import decode_bmp
from keras_tl.data.formats.exif import exif_of_jpeg, exif_of_png, exif_of_webp
from keras_tl.data.formats.gif import decode_gif
from keras_tl.data.formats.jpeg import decode_jpeg
from keras_tl.data.formats.orientation import orientation_of, upright
from keras_tl.data.formats.png import decode_png
from keras_tl.data.formats.transparency import on_background
from keras_tl.data.formats.webp import decode_webp
from keras_tl.foundation.colours import WHITE, Colour, as_colour


def decode(encoded: Any, *, background: Colour = WHITE) -> Any:
    """Decodes one JPEG, PNG, GIF (first frame), BMP or WebP (first frame).

    Args:
        encoded: Scalar string tensor of encoded bytes.
        background: Red, green and blue, in 0..255, that show where the picture is transparent.

    Returns:
        Float32 tensor `(height, width, 3)` in 0..255, the whole levels of the file.

    Raises:
        ValueError: If `background` is no colour.
        tf.errors.InvalidArgumentError: If the bytes are no picture of these formats, or damaged.
            Damaged EXIF data are no damage: the picture stays as it is stored.
    """
    import tensorflow as tf

    return tf.cast(decode_levels(encoded, background=background), tf.float32)


def decode_levels(encoded: Any, *, background: Colour = WHITE) -> Any:
    """Decodes as `decode` does, to uint8."""
    import tensorflow as tf

    colour = as_colour(background)
    image, exif = tf.cond(
        tf.io.is_jpeg(encoded),
        lambda: (decode_jpeg(encoded), exif_of_jpeg(encoded)),
        lambda: _decode_other(encoded, colour),
    )
    is_marked = tf.strings.length(exif) > 0
    image = tf.cond(is_marked, lambda: upright(image, orientation_of(exif)), lambda: image)
    return tf.ensure_shape(image, (None, None, 3))


def _decode_other(encoded: Any, background: Colour) -> tuple[Any, Any]:
    """Decodes what is not JPEG: uint8 `(height, width, 3)`, and EXIF data as a string."""
    import tensorflow as tf

    none = tf.constant(b"")
    image, exif = tf.case(
        [
            (_begins(encoded, b"\x89PNG"), lambda: (decode_png(encoded), exif_of_png(encoded))),
            (_begins(encoded, b"GIF8"), lambda: (decode_gif(encoded), none)),
            (_begins(encoded, b"BM"), lambda: (decode_bmp(encoded), none)),
        ],
        default=lambda: (decode_webp(encoded), exif_of_webp(encoded)),
    )
    return on_background(tf.ensure_shape(image, (None, None, None)), background), exif


def _begins(encoded: Any, beginning: bytes) -> Any:
    import tensorflow as tf

    return tf.strings.substr(encoded, 0, len(beginning)) == beginning


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


def decode_and_resize(
    encoded: Any, size: tuple[int, int], policy: str, *, background: Colour = WHITE
) -> Any:
    """Decodes a vector of encoded images and brings them to one size.

    Args:
        encoded: String tensor `(batch,)`.
        size: Height and width, in pixels.
        policy: As for `resize`.
        background: As for `decode`.

    Returns:
        Float32 tensor `(batch, height, width, 3)` in 0..255.
    """
    import tensorflow as tf

    return tf.map_fn(
        lambda one: resize(decode(one, background=background), size, policy),
        encoded,
        fn_output_signature=tf.TensorSpec((*size, 3), tf.float32),
    )
