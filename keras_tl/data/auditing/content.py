"""The bytes of a picture, read only where they are those of an ordinary file of sane size."""

import errno
import stat
from pathlib import Path

from keras_tl.data.auditing.reasons import UnusableError
from keras_tl.foundation.tables import size

MOST_BYTES = 2**29


def read_content(item: Path | bytes) -> bytes:
    """Reads a picture.

    Pipes, devices and files above `MOST_BYTES` are refused unread, since reading might not end.

    Raises:
        UnusableError: If it cannot be read, or is empty.
    """
    try:
        encoded = _read_ordinary(item) if isinstance(item, Path) else item
    except OSError as error:
        raise UnusableError(_reason(error, item)) from error
    if not encoded:
        raise UnusableError("empty file")
    return encoded


def _read_ordinary(path: Path) -> bytes:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UnusableError("a folder, not a file")
    if not stat.S_ISREG(status.st_mode):
        raise UnusableError("a pipe or a device, not a file")
    if status.st_size > MOST_BYTES:
        most, found = size(MOST_BYTES), size(status.st_size)
        raise UnusableError(f"too large: {found}, and at most {most} is read")
    return path.read_bytes()


def _reason(error: OSError, item: Path | bytes) -> str:
    if error.errno == errno.ELOOP:
        return "a link that leads back to itself"
    if isinstance(error, FileNotFoundError):
        is_link = isinstance(item, Path) and item.is_symlink()
        return "a link to a file that is not there" if is_link else "there is no such file"
    if isinstance(error, PermissionError):
        return "may not be read: permission denied"
    return f"cannot be read: {error.strerror or error}"
