"""Who fills and who reads an entry: file locks beside it, which a killed process lets go.

`<key>.lock` is held by the process that fills or removes the entry; `<key>.<id>.reading` by one
that has it open, each with a file of its own.
"""

import contextlib
import uuid
import weakref
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from keras_tl.foundation.files import discard
from keras_tl.foundation.progress import say

# Another process may look whether a mark is held in the moment it is made.
MARK_SECONDS = 10


@contextlib.contextmanager
def filling_lock(entry: Path) -> Iterator[None]:
    """Holds the lock of `entry`; waits, and says so, while another process holds it.

    Raises:
        OSError: If the directory cannot be written; it names the lock.
    """
    lock = FileLock(_lock_path(entry))
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        if not _takes(lock):
            say(
                f"Another process is computing the features of entry {entry.name[:12]} in "
                f"{entry.parent}; waiting for it, to read what it stores."
            )
            lock.acquire()
    except OSError as error:
        raise type(error)(
            error.errno,
            f"Could not lock {lock.lock_file!r}: {error.strerror or error}. Choose a cache "
            "directory that can be written, or go without a cache",
        ) from error
    try:
        yield
    finally:
        lock.release()


def mark_as_read(entry: Path, reader: object) -> None:
    """Keeps `entry` from being removed as long as the object `reader` lives.

    Where the directory cannot be written there is no mark, nor can anything be removed.
    """
    mark = entry.with_name(f"{entry.name}.{uuid.uuid4().hex[:8]}.reading")
    lock = FileLock(mark, thread_local=False)
    with contextlib.suppress(OSError):
        entry.parent.mkdir(parents=True, exist_ok=True)
        _is_read(entry)  # for what it removes
        lock.acquire(timeout=MARK_SECONDS)
        weakref.finalize(reader, _leave, lock, mark)


def is_in_use(entry: Path) -> bool:
    """Returns whether somebody fills `entry` or has it open; this process counts too."""
    lock = FileLock(_lock_path(entry))
    if not _takes(lock):
        return True
    lock.release()
    return _is_read(entry)


def remove_unused(entry: Path) -> bool:
    """Removes `entry` unless it is in use; returns whether it is gone.

    What makes it an entry goes last, so that nothing is left unseen if this process is killed.
    """
    lock = FileLock(_lock_path(entry))
    if not _takes(lock):
        return False
    try:
        if not _is_read(entry):
            for file in sorted(entry.glob("*")):
                discard(file)
            discard(entry)
        return not entry.exists()
    finally:
        lock.release()


def _is_read(entry: Path) -> bool:
    """Returns whether a process has `entry` open; marks of those that were killed are removed."""
    marks = list(entry.parent.glob(f"{entry.name}.*.reading"))
    return sum(map(_is_held, marks)) > 0


def _is_held(mark: Path) -> bool:
    lock = FileLock(mark)
    if not _takes(lock):
        return True
    _leave(lock, mark)
    return False


def _takes(lock: FileLock) -> bool:
    """Tries to take a lock, without waiting; returns whether it did."""
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    return True


def _leave(lock: FileLock, mark: Path) -> None:
    discard(mark)
    lock.release()


def _lock_path(entry: Path) -> Path:
    return entry.with_name(f"{entry.name}.lock")
