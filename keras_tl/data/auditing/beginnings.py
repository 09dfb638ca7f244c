"""What a file that is no picture seems to be instead, by its first bytes."""

from typing import NamedTuple


class _Beginning(NamedTuple):
    """Bytes that stand at a place in files of a kind."""

    content: bytes
    place: int
    kind: str


_DAMAGED = "a damaged {}: its header cannot be read"
_TABLE = (
    _Beginning(b"\xff\xd8\xff", 0, _DAMAGED.format("JPEG")),
    _Beginning(b"\x89PNG", 0, _DAMAGED.format("PNG")),
    _Beginning(b"GIF8", 0, _DAMAGED.format("GIF")),
    _Beginning(b"WEBP", 8, _DAMAGED.format("WebP")),
    _Beginning(b"BM", 0, _DAMAGED.format("BMP")),
    _Beginning(b"ftypheic", 4, "a HEIC picture, which is not read: save it as JPEG"),
    _Beginning(b"ftypheix", 4, "a HEIC picture, which is not read: save it as JPEG"),
    _Beginning(b"ftypmif1", 4, "a HEIF picture, which is not read: save it as JPEG"),
    _Beginning(b"<svg", 0, "an SVG drawing, which has no pixels: save it as PNG"),
    _Beginning(b"%PDF", 0, "not a picture but a PDF"),
    _Beginning(b"PK\x03\x04", 0, "not a picture but a ZIP archive"),
    _Beginning(b"<html", 0, "not a picture but a web page"),
    _Beginning(b"<!doctype html", 0, "not a picture but a web page"),
    _Beginning(b"version https://git-lfs", 0, "not a picture but a pointer of Git LFS: pull it"),
)
_LONGEST = 64


def kind_by_beginning(encoded: bytes) -> str:
    """Returns what bytes seem to be that cannot be identified as a picture, as a reason."""
    beginning = encoded[:_LONGEST].lstrip().lower()
    for content, place, kind in _TABLE:
        if beginning[place:].startswith(content.lower()):
            return kind
    return "not a picture"
