"""The features of frozen prefixes: computed once, kept in memory or in files, found by content."""

import contextlib
import errno
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np
import psutil

from keras_tl.caching.choice import Room
from keras_tl.caching.feature_split import FeatureSplit
from keras_tl.caching.filling import fill
from keras_tl.caching.key import prefix_digests, split_digest
from keras_tl.caching.layout import DTYPES, Shapes
from keras_tl.caching.machine import Machine, measured
from keras_tl.caching.memory_rows import MemoryRows
from keras_tl.caching.shards import Shards, rows_per_shard
from keras_tl.caching.store import LIMIT_BYTES, FeatureStore
from keras_tl.data.split import Split
from keras_tl.foundation.checks import one_of
from keras_tl.foundation.files import digest
from keras_tl.foundation.tables import size
from keras_tl.structure.boundaries import Boundary

MEMORY_SHARE = 0.25


@dataclass(frozen=True)
class Place:
    """Where features come out of a model, and where they are kept.

    Attributes:
        boundary: The boundary of the model.
        storage: `"memory"` or `"disk"`.
    """

    boundary: Boundary
    storage: str


class FeatureCache:
    """Where the features of frozen prefixes are kept.

    What is stored is found again by its content: the weights and the graph of the prefix, the
    images and how they are read, the versions of the libraries. A stale entry cannot be used.

    Args:
        directory: Directory for files, which other runs and processes may share; None keeps
            features in memory alone.
        memory: Bytes that they may take in memory, where they are kept if there is room; by default
            a quarter of what is free, and 0 with a directory.
        disk: Bytes that they may take in `directory`, never more than half of the free disk; the
            least recently used go first.
        dtype: `"float32"`, or `"float16"`, which halves the space and rounds the features.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str] | None = None,
        *,
        memory: int | None = None,
        disk: int = LIMIT_BYTES,
        dtype: str = "float32",
    ) -> None:
        self.store = None if directory is None else FeatureStore(directory, disk)
        self.memory = memory
        self.dtype = one_of("dtype", dtype, DTYPES)
        self._in_memory: dict[str, MemoryRows] = {}

    def place(self, boundary: Boundary) -> Place:
        """Returns where to keep what comes out at a boundary: in files if there is a directory."""
        return Place(boundary, "disk" if self.store else "memory")

    def room(self) -> Room:
        """Returns the bytes that features may still take."""
        taken = sum(rows.bytes for rows in self._in_memory.values())
        memory = self.memory
        if memory is None:
            memory = 0 if self.store else share_of_memory() + taken
        return Room(max(memory - taken, 0), self._disk_room())

    def _disk_room(self) -> int:
        """Returns the bytes that files may take; who cannot write may still find all there."""
        if self.store is None:
            return 0
        try:
            return self.store.possible_room()
        except OSError:
            return self.store.room()

    def machine(self, needed: int) -> Machine:
        """Returns what this machine was measured to do.

        Nothing is measured, and rates are typical ones, where `needed` bytes fit in memory or
        nothing can be written.
        """
        if self.store is None or needed <= self.room().memory:
            return Machine()
        with contextlib.suppress(OSError):
            return measured(self.store.directory)
        return Machine()

    def bytes_per_image(self, boundary: Boundary) -> int:
        """Returns the bytes that are stored for one image at a boundary."""
        pairs = zip(boundary.shapes, self._dtypes(boundary), strict=True)
        return sum(math.prod(_fixed(shape)) * np.dtype(dtype).itemsize for shape, dtype in pairs)

    def stored(
        self, model: keras.Model, splits: Sequence[Split], boundaries: Sequence[Boundary]
    ) -> list[str]:
        """Returns where the features of all splits at each boundary lie; empty if some do not.

        Files are not opened; those that turn out to be damaged are computed again.

        Returns:
            For each boundary `"memory"`, `"disk"` or `""`.
        """
        on_disk = self._complete_on_disk()
        in_memory = {key for key, rows in self._in_memory.items() if rows.is_complete}
        if not splits or not (on_disk or in_memory):
            return [""] * len(boundaries)
        prefixes = prefix_digests(model, boundaries)
        filled = [split for split in splits if split.size]
        of_splits = [self._keys(prefixes, split) for split in filled]
        found = [{keys[i] for keys in of_splits} for i in range(len(boundaries))]
        return [
            "memory" if keys <= in_memory else "disk" if keys <= on_disk else "" for keys in found
        ]

    def splits(
        self,
        model: keras.Model,
        splits: Sequence[Split],
        places: Sequence[Place],
        *,
        show: bool = False,
    ) -> list[list[FeatureSplit]]:
        """Returns features of splits at boundaries; what is missing is computed in one pass.

        Args:
            model: The model that the boundaries belong to; what comes before them is taken to be
                frozen, and runs in inference mode.
            splits: The images.
            places: The boundaries, and where to keep what comes out there.
            show: Whether to show a progress bar.

        Returns:
            For each split its features, one a place.

        Raises:
            OSError: If the directory cannot be written or the disk is full. What was stored is
                used by the next attempt.
        """
        prefixes = prefix_digests(model, [place.boundary for place in places])
        return [self._filled(model, split, places, prefixes, show=show) for split in splits]

    def keep(self, splits: Sequence[FeatureSplit]) -> None:
        """Lets go of all features in memory but those of `splits`."""
        wanted = {id(split.features) for split in splits}
        self._in_memory = {k: rows for k, rows in self._in_memory.items() if id(rows) in wanted}

    def _filled(
        self,
        model: keras.Model,
        split: Split,
        places: Sequence[Place],
        prefixes: Sequence[str],
        *,
        show: bool,
    ) -> list[FeatureSplit]:
        keys = self._keys(prefixes, split)
        on_disk = [k for k, place in zip(keys, places, strict=True) if place.storage == "disk"]
        rows = self._open_all(model, split, places, keys)
        if not all(found.is_complete for found in rows):
            with self._filling(on_disk):
                rows = self._open_all(model, split, places, keys)
                self._make_room(on_disk, rows)
                fill(model, split, [place.boundary for place in places], rows, show=show)
        return [FeatureSplit(split, found) for found in rows]

    def _keys(self, prefixes: Sequence[str], split: Split) -> list[str]:
        of_split = split_digest(split)
        return [digest(of_prefix, of_split, self.dtype) for of_prefix in prefixes]

    def _complete_on_disk(self) -> set[str]:
        if self.store is None:
            return set()
        return {entry.key for entry in self.store.entries() if entry.is_complete}

    def _open_all(
        self, model: keras.Model, split: Split, places: Sequence[Place], keys: Sequence[str]
    ) -> list[MemoryRows | Shards]:
        pairs = zip(places, keys, strict=True)
        return [self._open(model, split, place, key) for place, key in pairs]

    def _filling(self, keys: Sequence[str]) -> contextlib.AbstractContextManager[None]:
        return self.store.filling(keys) if self.store and keys else contextlib.nullcontext()

    def _make_room(self, keys: Sequence[str], rows: Sequence[MemoryRows | Shards]) -> None:
        needed = sum(found.missing_bytes for found in rows if isinstance(found, Shards))
        if needed and self.store and not self.store.make_room(needed, keep=keys):
            where = str(self.store.directory)
            raise OSError(errno.ENOSPC, f"no room for {size(needed)} of features in {where!r}")

    def _open(
        self, model: keras.Model, split: Split, place: Place, key: str
    ) -> MemoryRows | Shards:
        """Opens what is stored under `key`; what is damaged counts as missing."""
        boundary, rows = place.boundary, split.size * (split.views or 1)
        shapes, dtypes = tuple(map(_fixed, boundary.shapes)), self._dtypes(boundary)
        if place.storage == "memory" or self.store is None:
            if key not in self._in_memory:
                self._in_memory[key] = MemoryRows(rows, shapes, dtypes)
            return self._in_memory[key]
        entry = self.store.entry(
            key,
            rows=rows,
            shapes=shapes,
            dtypes=dtypes,
            rows_per_shard=rows_per_shard(self.bytes_per_image(boundary), split.batch_size),
            about=_about(model, shapes, rows),
        )
        entry.verify()
        self.store.touch(key)
        return entry

    def _dtypes(self, boundary: Boundary) -> tuple[str, ...]:
        """Returns what each tensor is stored as; what is float16 already stays so."""
        found = [keras.backend.standardize_dtype(tensor.dtype) for tensor in boundary.tensors]
        return tuple("float16" if dtype == "float16" else self.dtype for dtype in found)


def share_of_memory() -> int:
    """Returns the bytes that features take in memory by default: a quarter of what is free."""
    return int(MEMORY_SHARE * psutil.virtual_memory().available)


def _about(model: keras.Model, shapes: Shapes, rows: int) -> dict[str, str]:
    """Returns what people are told of an entry."""
    boundary = " + ".join("x".join(map(str, shape)) for shape in shapes)
    return {"model": model.name, "boundary": boundary, "images": str(rows)}


def _fixed(shape: Sequence[int | None]) -> tuple[int, ...]:
    """Returns a shape in which axes of open size count as 1."""
    return tuple(size or 1 for size in shape)
