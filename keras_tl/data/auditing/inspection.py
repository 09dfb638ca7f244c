"""What one look at one picture finds."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from keras_tl.data.auditing.appearance import deviation, difference_hash
from keras_tl.data.auditing.content import read_content
from keras_tl.data.auditing.header import read_picture_header
from keras_tl.data.auditing.pixels import Decoder, sample
from keras_tl.data.auditing.reasons import UnusableError
from keras_tl.data.pictures import digest_of_pixels
from keras_tl.foundation.files import digest

BLANK_BELOW = 1.0
"""Standard deviation of the levels, of 255, below which a picture shows nothing."""


class Inspection(NamedTuple):
    """What was found of a picture.

    Attributes:
        digest: Of its content; empty if that could not be read.
        reason: Why it cannot be used; empty if it can.
        height: Pixels, as it is decoded.
        width: Pixels.
        format: In Pillow's words, with the mode, such as `"JPEG RGB"`; `"array"` for one in memory.
        deviation: Standard deviation of the levels.
        difference_hash: 64 bits that tell what it looks like; 0 for one in memory.
    """

    digest: str = ""
    reason: str = ""
    height: int = 0
    width: int = 0
    format: str = ""
    deviation: float = 0.0
    difference_hash: int = 0

    @property
    def is_blank(self) -> bool:
        """Whether nothing is to be seen."""
        return self.deviation < BLANK_BELOW


def inspect(item: Path | bytes, decoder: Decoder) -> Inspection:
    """Reads and decodes a picture, once; never raises for what is wrong with it.

    Args:
        item: A path, or encoded bytes.
        decoder: As `decoder_for` gives it.
    """
    content = ""
    try:
        encoded = read_content(item)
        content = digest(encoded)
        header = read_picture_header(encoded)
        seen = sample(encoded, header, decoder)
    except UnusableError as found:
        return Inspection(content, str(found))
    return Inspection(
        content,
        height=seen.height,
        width=seen.width,
        format=f"{header.format} {header.mode}",
        deviation=deviation(seen.image),
        difference_hash=difference_hash(seen.image),
    )


def inspect_array(image: np.ndarray) -> Inspection:
    """Looks at a picture `(height, width, channels)` in memory; it gets no difference hash."""
    height, width, channels = image.shape
    spread = image.reshape(-1, channels).std(axis=0, dtype="float64").max() if image.size else 0.0
    return Inspection(
        digest_of_pixels(image),
        height=height,
        width=width,
        format="array",
        deviation=round(float(spread), 3),
    )
