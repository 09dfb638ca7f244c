"""What a picture looks like, in two numbers: how much varies in it, and its difference hash."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

HASH_BITS = 64


def deviation(image: "Image") -> float:
    """Returns the standard deviation of the levels over the picture, 0 to 127.5.

    That of the channel where it is largest, so that a picture of one colour has none.
    """
    from PIL import ImageStat

    return round(max(ImageStat.Stat(image).stddev), 3)


def difference_hash(image: "Image") -> int:
    """Returns 64 bits that are nearly the same for pictures that look nearly the same.

    The grey picture is averaged over 8 rows of 9 fields; each bit says whether a field is
    brighter than the one before it. Size, compression, brightness and contrast change few bits.
    Source: Krawetz, 2013, "Kind of Like That", hackerfactor.com/blog, entry 529.
    """
    from PIL import Image

    fields = np.asarray(image.convert("L").resize((9, 8), Image.Resampling.BOX))
    bits = np.packbits(fields[:, 1:] > fields[:, :-1])
    return int.from_bytes(bits.tobytes(), "big")
