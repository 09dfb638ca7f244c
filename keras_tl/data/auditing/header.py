"""What a file says of itself before its pixels are decoded."""

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import NamedTuple

from keras_tl.data.auditing.beginnings import kind_by_beginning
from keras_tl.data.auditing.reasons import UnusableError
from keras_tl.foundation.error_messages import plain_error
from keras_tl.foundation.tables import count

MOST_PIXELS = 89_478_485
"""As many as make a quarter of a gibibyte at three bytes each, which is Pillow's bound too."""


class PictureHeader(NamedTuple):
    """Format and mode in Pillow's words, such as `"JPEG"` and `"RGB"`, and the size in pixels."""

    format: str
    mode: str
    height: int
    width: int


def read_picture_header(encoded: bytes) -> PictureHeader:
    """Reads the header of a picture; no pixel is decoded, so that a small file cannot fill memory.

    Raises:
        UnusableError: If the bytes are no picture, or it has more than `MOST_PIXELS`.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(encoded)) as image:
            found = PictureHeader(str(image.format), image.mode, image.height, image.width)
    except UnidentifiedImageError:
        raise UnusableError(kind_by_beginning(encoded)) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnusableError(f"absurdly large: {plain_error(error)}") from error
    except Exception as error:
        # Pillow's readers raise whatever a broken header makes them raise.
        raise UnusableError(f"{kind_by_beginning(encoded)}: {plain_error(error)}") from error
    if found.height * found.width > MOST_PIXELS:
        raise UnusableError(
            f"absurdly large: {found.width} x {found.height} pixels, and at most "
            f"{count(MOST_PIXELS)} are decoded"
        )
    return found


@contextlib.contextmanager
def quiet_pillow() -> Iterator[None]:
    """Silences Pillow's warnings of files that are only odd.

    Warnings are the whole process's: enter it around threads, not in them.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        yield
