"""One entry of the feature cache: rows in shards that are whole or absent."""

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from keras_tl.caching.layout import Layout, Shapes, read_meta, write_meta
from keras_tl.caching.shard_files import (
    SHARD_NAME,
    PartialShard,
    check_content,
    map_shard,
    remove_shards,
    stored_shards,
    write_shard,
)
from keras_tl.foundation.files import discard

SHARD_BYTES = 8_000_000
# A map holds a file descriptor open, of which a process has about a thousand.
OPEN_MAPS = 128


def rows_per_shard(bytes_per_row: int, batch_size: int) -> int:
    """Returns how many rows make a shard of about 8 MB: whole batches, at least one."""
    batches = SHARD_BYTES // max(1, bytes_per_row * batch_size)
    return batch_size * max(1, batches)


class DamagedError(RuntimeError):
    """A shard is damaged or gone; `missing` is true of its rows now, so a new fill mends it."""


class Shards:
    """The rows of one entry, on disk.

    Nothing is written before rows are added. Who adds holds the entry's lock. If the entry is
    there with other sizes of shards, those are kept; if it holds other rows, it starts anew.

    Args:
        path: The directory of the entry.
        rows: How many rows it has.
        shapes: The shape of a row in each tensor, such as `((7, 7, 320),)`.
        dtypes: What each tensor is stored as, `"float32"` or `"float16"`.
        rows_per_shard: As `rows_per_shard()` gives.
        about: Facts for people, kept beside the rows.

    Raises:
        ValueError: If an argument does not describe rows.
    """

    def __init__(
        self,
        path: Path,
        *,
        rows: int,
        shapes: Shapes,
        dtypes: tuple[str, ...],
        rows_per_shard: int,
        about: Mapping[str, str] | None = None,
    ) -> None:
        self.path = Path(path)
        self.about = dict(about or {})
        self.layout = Layout(rows, tuple(map(tuple, shapes)), tuple(dtypes), rows_per_shard)
        self._stored: dict[int, str] = {}
        self._checked: set[str] = set()
        self._damaged: set[str] = set()
        self._partial: PartialShard | None = None
        self._map = functools.lru_cache(OPEN_MAPS)(map_shard)

    @property
    def is_complete(self) -> bool:
        """Whether all shards are stored."""
        self._look()
        return len(self._stored) == self.layout.shards

    @property
    def missing_bytes(self) -> int:
        """What a fill would still write."""
        self._look()
        missing = set(range(self.layout.shards)) - set(self._stored)
        return sum(map(self.layout.rows_in, missing)) * self.layout.record.itemsize

    def missing(self, start: int, stop: int) -> bool:
        """Returns whether a row of `[start, stop)` lies in a shard that is not stored."""
        self._look()
        return any(number not in self._stored for number, _ in self.layout.pieces(start, stop))

    def add(self, start: int, arrays: Sequence[np.ndarray]) -> None:
        """Adds the rows from `start` on; rows that are stored already are passed over.

        A shard is written when its last row has come; the rows of a shard come in order.

        Args:
            start: The number of the first row.
            arrays: One for each tensor, `(rows, *shape)`; cast to what is stored.

        Raises:
            ValueError: If rows do not fit the entry, or a value overflows in float16.
            OSError: If the disk is full or cannot be written; what was stored stays.
        """
        self._require_rows(start, arrays)
        self._look()
        for number, rows in self.layout.pieces(start, start + len(arrays[0])):
            if number not in self._stored:
                piece = slice(rows.start - start, rows.stop - start)
                self._append(number, rows.start, [array[piece] for array in arrays])

    def read(self, rows: np.ndarray) -> list[np.ndarray]:
        """Reads rows in the order given, through memory maps.

        Args:
            rows: Numbers of rows, in any order.

        Returns:
            One array for each tensor, `(len(rows), *shape)`, as it is stored.

        Raises:
            ValueError: If there is no such row.
            DamagedError: If a shard is not what was written, or is not there.
        """
        self._look()
        rows = np.asarray(rows, "int64")
        if rows.size and not 0 <= rows.min() <= rows.max() < self.layout.rows:
            raise ValueError(
                f"`rows` must be between 0 and {self.layout.rows - 1}. Received: rows={rows!r}"
            )
        found = np.empty(len(rows), self.layout.record)
        numbers, firsts = np.divmod(rows, self.layout.rows_per_shard)
        for number in np.unique(numbers):
            at = np.flatnonzero(numbers == number)
            found[at] = self._mapped(int(number))[firsts[at]]
        return [np.ascontiguousarray(found[name]) for name in found.dtype.names or ()]

    def verify(self) -> int:
        """Reads every shard, removes those that are not what was written; returns how many."""
        found = {path.name for path in self.path.glob("*.rows") if SHARD_NAME.fullmatch(path.name)}
        self._look()
        stored = set(self._stored.values())
        bad = {name for name in found | stored if name not in stored or not self._is_whole(name)}
        for name in bad:
            self._drop(name)
        return len(bad)

    def _look(self) -> None:
        """Looks at the directory again, unless all shards are known to be there."""
        if 0 < self.layout.shards == len(self._stored):
            return
        meta = read_meta(self.path)
        if meta is None or not self.layout.holds_the_same(meta[0]):
            self._stored = {}
            return
        self.layout = meta[0]
        found = stored_shards(self.path, self.layout)
        self._stored = {n: name for n, name in found.items() if name not in self._damaged}

    def _require_rows(self, start: int, arrays: Sequence[np.ndarray]) -> None:
        """Raises `ValueError` if arrays are not rows of this entry."""
        counts = {len(array) for array in arrays}
        shapes = tuple(array.shape[1:] for array in arrays)
        if shapes != self.layout.shapes or len(counts) != 1:
            raise ValueError(
                f"`arrays` must hold as many rows each, of shapes {self.layout.shapes}. "
                f"Received: {[array.shape for array in arrays]}"
            )
        if not 0 <= start <= start + counts.pop() <= self.layout.rows:
            raise ValueError(
                f"`start` must leave all rows within {self.layout.rows}. Received: start={start}, "
                f"{len(arrays[0])} rows"
            )

    def _append(self, number: int, start: int, arrays: Sequence[np.ndarray]) -> None:
        """Appends rows, of which `start` is the first, to a shard, and writes it if it is full."""
        first = start - number * self.layout.rows_per_shard
        if first == 0:
            self._partial = PartialShard(number, self.layout)
        partial = self._partial
        if partial is None or (partial.number, partial.filled) != (number, first):
            raise ValueError(f"`start` must follow the row added before. Received: start={start}")
        partial.append(arrays)
        if partial.filled == len(partial.records):
            self._partial = None
            self._write(number, partial.records)

    def _write(self, number: int, records: np.ndarray) -> None:
        """Writes a shard; rows of another entry that lie there are removed first."""
        meta = read_meta(self.path)
        is_ours = meta is not None and meta[0] == self.layout
        remove_shards(self.path, number if is_ours else None)
        if not is_ours:
            write_meta(self.path, self.layout, self.about)
        name = write_shard(self.path, number, records)
        self._stored[number] = name
        self._checked.add(name)
        self._damaged.discard(name)

    def _mapped(self, number: int) -> np.ndarray:
        """Returns the records of a shard, whose content is compared with its digest once."""
        name = self._stored.get(number)
        if name is None:
            raise DamagedError(f"Shard {number} of {str(self.path)!r} is not stored")
        path = self.path / name
        try:
            if name not in self._checked:
                check_content(path)
            self._checked.add(name)
            return self._map(path, self.layout.record, self.layout.rows_in(number))
        except (FileNotFoundError, ValueError) as error:
            self._drop(name)
            raise DamagedError(
                f"{str(path)!r} does not hold what was written ({error}); it counts as missing, "
                "and the next fill computes it again"
            ) from error

    def _is_whole(self, name: str) -> bool:
        try:
            check_content(self.path / name)
        except (FileNotFoundError, ValueError):
            return False
        self._checked.add(name)
        return True

    def _drop(self, name: str) -> None:
        """Removes a shard; one that cannot be removed is passed over from now on."""
        path = self.path / name
        discard(path)
        if path.exists():
            self._damaged.add(name)
        self._checked.discard(name)
        self._stored = {number: other for number, other in self._stored.items() if other != name}
        self._map.cache_clear()
