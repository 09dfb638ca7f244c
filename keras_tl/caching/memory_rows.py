"""Features in memory, for as long as the process lives."""

from collections.abc import Sequence

import numpy as np

from keras_tl.caching.shard_files import put


class MemoryRows:
    """One row an image, for each tensor of a boundary.

    Args:
        rows: Number of images.
        shapes: Shape of each tensor for one image.
        dtypes: What each is stored as.
    """

    def __init__(self, rows: int, shapes: Sequence[tuple[int, ...]], dtypes: Sequence[str]) -> None:
        pairs = zip(shapes, dtypes, strict=True)
        self.arrays = [np.empty((rows, *shape), dtype) for shape, dtype in pairs]
        self.stored = np.zeros(rows, bool)

    @property
    def is_complete(self) -> bool:
        """Whether every row is there."""
        return bool(self.stored.all())

    @property
    def size(self) -> int:
        """Bytes that are taken."""
        return sum(array.nbytes for array in self.arrays)

    def missing(self, start: int, stop: int) -> bool:
        """Tells whether any of the rows from `start` to `stop` is not there."""
        return not self.stored[start:stop].all()

    def add(self, start: int, arrays: Sequence[np.ndarray]) -> None:
        """Stores rows from `start` on.

        Raises:
            ValueError: If a value overflows in float16.
        """
        rows = slice(start, start + len(arrays[0]))
        for stored, array in zip(self.arrays, arrays, strict=True):
            put(array, stored[rows])
        self.stored[rows] = True

    def read(self, rows: np.ndarray) -> list[np.ndarray]:
        """Returns the rows asked for, in that order."""
        return [array[rows] for array in self.arrays]
