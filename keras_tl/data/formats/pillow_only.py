"""Pictures that TensorFlow cannot decode and Pillow can: good for training, not servable.

They become PNG, without loss, before they reach `decode`. An exported model has no Pillow in it
and refuses them.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

_BITS_PER_SAMPLE, _WHAT_ZERO_IS, _WHITE = 258, 262, 0


@dataclass(frozen=True)
class PillowFormat:
    """A format that is read through Pillow.

    Attributes:
        name: What people call it.
        suffixes: How names of such files end.
        recognises: Tells it by the first bytes of a file.
        opener: Returns Pillow's class for it.
    """

    name: str
    suffixes: tuple[str, ...]
    recognises: Callable[[bytes], bool]
    opener: Callable[[], Any]


def _is_tiff(encoded: bytes) -> bool:
    return encoded[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def _is_avif(encoded: bytes) -> bool:
    """Reads the brands in the first box: one of them is that of AVIF, not always the first."""
    box = encoded[: int.from_bytes(encoded[:4], "big")]
    brands = {box[8:12], *(box[at : at + 4] for at in range(16, min(len(box), 256), 4))}
    return box[4:8] == b"ftyp" and not brands.isdisjoint({b"avif", b"avis"})


def _is_packed_bmp(encoded: bytes) -> bool:
    """Tells BMP with runs of 8 or 4 bits."""
    is_new = int.from_bytes(encoded[14:18], "little") >= 40
    return encoded[:2] == b"BM" and is_new and encoded[30:34] in (b"\1\0\0\0", b"\2\0\0\0")


def _tiff() -> Any:
    from PIL.TiffImagePlugin import TiffImageFile

    return TiffImageFile


def _avif() -> Any:
    from PIL.AvifImagePlugin import AvifImageFile

    return AvifImageFile


def _bmp() -> Any:
    from PIL.BmpImagePlugin import BmpImageFile

    return BmpImageFile


NOT_SERVABLE = (
    PillowFormat("TIFF", (".tif", ".tiff"), _is_tiff, _tiff),
    PillowFormat("AVIF", (".avif",), _is_avif, _avif),
    PillowFormat("run-length encoded BMP", (".bmp",), _is_packed_bmp, _bmp),
)


def pillow_format_of(encoded: bytes) -> PillowFormat | None:
    """Returns the format of a file that only Pillow reads; None for every other file."""
    return next((one for one in NOT_SERVABLE if one.recognises(encoded)), None)


def as_decodable(encoded: bytes) -> bytes:
    """Returns PNG in place of a file that only Pillow reads, and every other file as it is.

    The PNG holds the upright picture, of several pages or frames the first, in 8 bits a colour,
    and its opacity if it has any: `decode` lays it on the background. Of 16 bits the higher 8 are
    kept, of 12 bits too.

    Args:
        encoded: Content of a file.

    Raises:
        OSError: If Pillow cannot decode it, its levels have no fixed white (32 bits), or it has
            more pixels than `PIL.Image.MAX_IMAGE_PIXELS`.
    """
    found = pillow_format_of(encoded)
    if found is None:
        return encoded
    try:
        return _as_png(found.opener()(io.BytesIO(encoded)))
    except Exception as error:  # Pillow's readers raise many types on damaged files
        raise OSError(f"{found.name}: {error or type(error).__name__}") from error


def _as_png(image: Any) -> bytes:
    from PIL import ImageOps

    sink = io.BytesIO()
    with image:
        _require_reasonable(image.size)
        upright = ImageOps.exif_transpose(image)
        is_deep = upright.mode.startswith("I;16")
        levels = _higher_bits(upright, image.tag_v2) if is_deep else _of_eight_bits(upright)
        levels.save(sink, "PNG", compress_level=1)
    return sink.getvalue()


def _require_reasonable(size: tuple[int, int]) -> None:
    """Raises `ValueError` for a picture of more pixels than Pillow takes for harmless."""
    from PIL import Image

    limit = Image.MAX_IMAGE_PIXELS
    if limit is not None and size[0] * size[1] > limit:
        raise ValueError(
            f"{size[0]} x {size[1]} pixels are {size[0] * size[1]:,}, more than the limit of "
            f"{limit:,}. Scale it down, or raise `PIL.Image.MAX_IMAGE_PIXELS` if you trust it."
        )


def _of_eight_bits(image: Any) -> Any:
    if image.mode in ("I", "F"):
        raise ValueError(
            "levels of 32 bits, or with a sign, have no fixed white. Save it with 8 or 16 bits."
        )
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _higher_bits(image: Any, tags: Mapping[int, Any]) -> Any:
    """Keeps the higher 8 of 16 or 12 grey bits; black and white are as the tags say."""
    from PIL import Image

    levels = np.asarray(image).astype("int64") >> (tags[_BITS_PER_SAMPLE][0] - 8)
    is_negative = tags[_WHAT_ZERO_IS] == _WHITE
    return Image.fromarray((255 - levels if is_negative else levels).astype("uint8"))
