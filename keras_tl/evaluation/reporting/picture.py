"""Pictures of a page: small enough to send, each with words in its place."""

import io
from dataclasses import dataclass

import numpy as np

from keras_tl.foundation.pages import embedded

LONGEST_SIDE = 192
SHARP_BELOW = 96
QUALITY = 88


@dataclass(frozen=True)
class Picture:
    """A small picture.

    Attributes:
        source: What a page takes for its source: the picture itself.
        words: What it shows.
        is_coarse: Whether it has so few pixels that they should be seen.
    """

    source: str
    words: str
    is_coarse: bool = False


def small_picture(image: np.ndarray, words: str) -> Picture:
    """Returns a picture of an image, at most 192 pixels long.

    Args:
        image: `(height, width, 3)` in 0..255.
        words: What it shows.
    """
    from PIL import Image

    levels = np.clip(np.rint(image), 0, 255).astype("uint8")
    drawn = Image.fromarray(levels)
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    sink = io.BytesIO()
    drawn.save(sink, format="JPEG", quality=QUALITY, subsampling=0)
    content = embedded(sink.getvalue())
    return Picture(f"data:image/jpeg;base64,{content}", words, max(drawn.size) < SHARP_BELOW)
