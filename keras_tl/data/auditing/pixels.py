"""The pixels of a picture as training will see them, thinned out for a look at each."""

import contextlib
import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from keras_tl.data.auditing.header import PictureHeader
from keras_tl.data.auditing.reasons import UnusableError
from keras_tl.data.decode import decode_levels
from keras_tl.data.formats.pillow_only import as_decodable
from keras_tl.foundation.error_messages import plain_error

if TYPE_CHECKING:
    from PIL.Image import Image

SAMPLED_SIDE = 256
COMPILED_FROM = 1000
"""Number of pictures from which the second that TensorFlow takes to compile is worth it."""

LARGE = 25_000_000
"""Pixels above which pictures are decoded one at a time, so that threads cannot fill memory."""

_READ = ("AVIF", "BMP", "GIF", "JPEG", "MPO", "PNG", "TIFF", "WEBP")
_one_large_picture = threading.Lock()

Decoder = Callable[[Any], Any]


class Sample(NamedTuple):
    """Every n-th pixel of a picture both ways, RGB and upright, and the size of all of it."""

    image: "Image"
    height: int
    width: int


def sample(encoded: bytes, header: PictureHeader, decoder: Decoder) -> Sample:
    """Decodes a picture by the one way from bytes to pixels, and keeps every n-th of them.

    At least `SAMPLED_SIDE` are kept along the shorter side, all if there are fewer than twice as
    many.

    Args:
        encoded: The file.
        header: What it says of itself.
        decoder: As `decoder_for` gives it.

    Raises:
        UnusableError: If it cannot be decoded.
    """
    import tensorflow as tf
    from PIL import Image

    is_large = header.height * header.width > LARGE
    with _one_large_picture if is_large else contextlib.nullcontext():
        try:
            decoded = decoder(tf.constant(as_decodable(encoded)))
        except Exception as error:
            # Whatever a decoder raises costs this picture, and not the run.
            raise UnusableError(_reason(header.format, error)) from error
    levels = np.asarray(memoryview(decoded))  # `.numpy()` would copy
    height, width, _ = levels.shape
    step = max(1, min(height, width) // SAMPLED_SIDE)
    rows = np.ascontiguousarray(levels[step // 2 :: step][: height // step])
    image = Image.fromarray(rows).resize((width // step, len(rows)), Image.Resampling.NEAREST)
    return Sample(image, height, width)


def decoder_for(pictures: int) -> Decoder:
    """Returns what decodes so many pictures soonest: one graph, or one operation by one.

    Either takes encoded bytes, a scalar string tensor, to uint8 `(height, width, 3)`.
    """
    return _compiled() if pictures >= COMPILED_FROM else decode_levels


@functools.cache
def _compiled() -> Decoder:
    import tensorflow as tf

    # Of one argument: TensorFlow would bind `background` in Python at each call, for 0.6 ms.
    def decode_one(encoded: Any) -> Any:
        return decode_levels(encoded)

    signature = [tf.TensorSpec((), tf.string)]
    return tf.function(decode_one, signature, autograph=False).get_concrete_function()


def _reason(kind: str, error: Exception) -> str:
    if kind in _READ:
        return f"a truncated or damaged {kind}: {plain_error(error)}"
    return f"{kind} is not read: save it as JPEG or PNG"
