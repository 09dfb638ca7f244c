"""Where JPEG, PNG and WebP keep their EXIF data.

Orientation in XMP, and in the text chunks in which ImageMagick wrote EXIF into PNG before `eXIf`
was defined, is not read.
"""

from typing import Any

from keras_tl.data.formats.binary import contains, number_at, opened, piece_at
from keras_tl.data.formats.not_inlined import not_inlined
from keras_tl.data.formats.orientation import PREFIX
from keras_tl.data.formats.pieces import jpeg_segment, png_chunk, riff_chunk


def exif_of_jpeg(encoded: Any) -> Any:
    """Returns the EXIF data of a JPEG, wherever among its segments; if none, what is no EXIF.

    A file in which `Exif` does not occur, the usual case, is searched once and not walked
    through.
    """
    import tensorflow as tf

    return tf.cond(contains(encoded, PREFIX), lambda: _in_jpeg(encoded), lambda: tf.constant(b""))


@not_inlined
def _in_jpeg(encoded: Any) -> Any:
    file = opened(encoded)
    segment = jpeg_segment(file, b"\xff\xe1", PREFIX)
    return piece_at(file, segment + 4, number_at(file, segment + 2, 2, little=False) - 2)


def exif_of_png(encoded: Any) -> Any:
    """Returns the EXIF data of a PNG, before the pixels or after them; nothing if there is none."""
    import tensorflow as tf

    return tf.cond(contains(encoded, b"eXIf"), lambda: _in_png(encoded), lambda: tf.constant(b""))


@not_inlined
def _in_png(encoded: Any) -> Any:
    file = opened(encoded)
    chunk = png_chunk(file, b"eXIf")
    return piece_at(file, chunk + 8, number_at(file, chunk, 4, little=False))


@not_inlined
def exif_of_webp(encoded: Any) -> Any:
    """Returns the EXIF data of a WebP; nothing if there are none."""
    file = opened(encoded)
    chunk = riff_chunk(file, b"EXIF")
    return piece_at(file, chunk + 8, number_at(file, chunk + 4, 4))
