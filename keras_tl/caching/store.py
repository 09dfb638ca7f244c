"""The directory of the feature cache: its entries, who may fill them, and how much it holds."""

import contextlib
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from keras_tl.caching.layout import META, Shapes, read_meta
from keras_tl.caching.locks import filling_lock, is_in_use, mark_as_read, remove_unused
from keras_tl.caching.shard_files import stored_shards
from keras_tl.caching.shards import Shards
from keras_tl.foundation.checks import at_least

LIMIT_BYTES = 20 * 2**30
KEY = re.compile(r"[0-9a-f]{8,128}")


@dataclass(frozen=True)
class Entry:
    """What is known of an entry without opening it.

    Attributes:
        key: Its name.
        about: Facts for people: model, boundary, images.
        bytes: Its size on disk.
        rows: How many rows it has when it is complete.
        last_use: When it was used last, in seconds since 1970.
        is_complete: Whether all rows are stored.
    """

    key: str
    about: Mapping[str, str]
    bytes: int
    rows: int
    last_use: float
    is_complete: bool


class FeatureStore:
    """A directory of entries, none of which is written by two processes at once.

    Args:
        directory: Made when it is first written to.
        limit_bytes: What all entries together may take; None for no limit but the disk.

    Raises:
        ValueError: If the limit is not a positive number of bytes.
    """

    def __init__(
        self, directory: str | os.PathLike[str], limit_bytes: int | None = LIMIT_BYTES
    ) -> None:
        self.directory = Path(directory).expanduser().absolute()
        self.limit_bytes = limit_bytes
        if limit_bytes is not None:
            at_least("limit_bytes", limit_bytes, 1)

    def entry(
        self,
        key: str,
        *,
        rows: int,
        shapes: Shapes,
        dtypes: tuple[str, ...],
        rows_per_shard: int,
        about: Mapping[str, str] | None = None,
    ) -> Shards:
        """Opens an entry; while the result lives, no process removes the entry.

        Args:
            key: A hexadecimal digest of all that the rows depend on.
            rows: As for `Shards`, like `shapes`, `dtypes` and `rows_per_shard`.
            shapes: The shape of a row in each tensor.
            dtypes: What each tensor is stored as.
            rows_per_shard: As `rows_per_shard()` gives.
            about: `model`, `boundary` and `images`, shown by `keras-tl cache list`.

        Raises:
            ValueError: If `key` is not a digest, or an argument does not describe rows.
        """
        path = self._path(key)
        shards = Shards(
            path,
            rows=rows,
            shapes=shapes,
            dtypes=dtypes,
            rows_per_shard=rows_per_shard,
            about=about,
        )
        mark_as_read(path, shards)
        return shards

    @contextlib.contextmanager
    def filling(self, keys: Iterable[str]) -> Iterator[None]:
        """Holds the locks of entries while they are filled; waits for who holds one.

        Inside, ask the entries again what is missing: another process may have filled them. In
        one process it must not be entered twice for a key.

        Raises:
            OSError: If the directory cannot be written.
        """
        with contextlib.ExitStack() as locks:
            for key in sorted(set(keys)):
                locks.enter_context(filling_lock(self._path(key)))
            yield

    def touch(self, key: str) -> None:
        """Notes that an entry was used now; of no effect where nothing can be written."""
        with contextlib.suppress(OSError):
            os.utime(self._path(key) / META)

    def room(self) -> int:
        """Returns the bytes that may still be written: within the limit and half the free disk."""
        return self._room_after(0)

    def possible_room(self) -> int:
        """Returns the bytes that might be written if everything that nobody uses made room."""
        return self._room_after(sum(entry.bytes for entry in self._unused()))

    def make_room(self, needed: int, keep: Collection[str] = ()) -> bool:
        """Removes entries, least recently used first, until `needed` bytes may be written.

        Entries in `keep`, and those that somebody fills or has open, stay. If removing all others
        would not do, none is removed.

        Returns:
            Whether there is room now.

        Raises:
            OSError: If the directory cannot be written.
        """
        if self.room() >= needed:
            return True
        unused = self._unused(keep)
        if self._room_after(sum(entry.bytes for entry in unused)) < needed:
            return False
        for entry in sorted(unused, key=lambda entry: entry.last_use):
            remove_unused(self._path(entry.key))
            if self.room() >= needed:
                return True
        return False

    def entries(self) -> list[Entry]:
        """Returns what is in the cache, the most recently used first."""
        paths = self.directory.iterdir() if self.directory.is_dir() else []
        found = [entry for path in paths if (entry := _described(path)) is not None]
        return sorted(found, key=lambda entry: -entry.last_use)

    def remove(self, key: str) -> int:
        """Removes an entry unless it is in use.

        Returns:
            The bytes that were freed: 0 if it is in use.

        Raises:
            ValueError: If there is no entry `key`.
            OSError: If the directory cannot be written.
        """
        entry = next((entry for entry in self.entries() if entry.key == key), None)
        if entry is None:
            raise ValueError(
                f"`key` must be that of an entry in {str(self.directory)!r}. Received: key={key!r}"
            )
        return entry.bytes if remove_unused(self._path(key)) else 0

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"`key` must be a hexadecimal digest. Received: key={key!r}")
        return self.directory / key

    def _unused(self, keep: Collection[str] = ()) -> list[Entry]:
        others = [entry for entry in self.entries() if entry.key not in keep]
        return [entry for entry in others if not is_in_use(self._path(entry.key))]

    def _room_after(self, freed: int) -> int:
        """Returns the bytes that may be written once `freed` more are free."""
        place = self.directory
        while not place.exists():
            place = place.parent
        room = (shutil.disk_usage(place).free + freed) // 2
        if self.limit_bytes is not None:
            used = sum(entry.bytes for entry in self.entries())
            room = min(room, self.limit_bytes - used + freed)
        return max(0, room)


def _described(path: Path) -> Entry | None:
    """Describes an entry; None for everything else that may lie in the directory."""
    if not KEY.fullmatch(path.name) or path.is_symlink() or not path.is_dir():
        return None
    meta = read_meta(path)
    if meta is None:
        return None
    layout, about = meta
    try:
        size = sum(file.stat().st_size for file in path.iterdir())
        last_use = (path / META).stat().st_mtime
    except FileNotFoundError:
        return None
    is_complete = len(stored_shards(path, layout)) == layout.shards
    return Entry(path.name, about, size, layout.rows, last_use, is_complete)
