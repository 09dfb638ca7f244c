"""ZIP archives from others, looked at before anything in them is unpacked."""

import stat
import zipfile
from pathlib import Path, PurePosixPath

MOST_EXPANSION = 20
ALWAYS_FINE = 100_000_000


def require_harmless(path: Path) -> None:
    """Raises `ValueError` if a ZIP archive would write elsewhere, or unpack to far more than it is.

    No member may lie outside the archive's own directory or be a link, and together they may have
    `MOST_EXPANSION` times the bytes of the archive, or `ALWAYS_FINE`. Keras stores its files as
    they are. What is no ZIP archive passes.

    Args:
        path: The archive.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    outside = [member.filename for member in members if _leads_elsewhere(member)]
    if outside:
        raise ValueError(
            f"{str(path)!r} would write outside its own directory: {outside[0]!r}. It is not what "
            "it seems to be; do not load it."
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > max(ALWAYS_FINE, MOST_EXPANSION * path.stat().st_size):
        raise ValueError(
            f"{str(path)!r} would unpack to {unpacked:,} bytes, from {path.stat().st_size:,}. It "
            "is not what it seems to be; do not load it."
        )


def _leads_elsewhere(member: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    is_drive = len(name.parts) > 0 and name.parts[0].endswith(":")
    return name.is_absolute() or is_drive or ".." in name.parts or _is_link(member)


def _is_link(member: zipfile.ZipInfo) -> bool:
    return stat.S_ISLNK(member.external_attr >> 16)
