"""Features in memory, for as long as the process lives."""

from collections.abc import Sequence

import numpy as np

from keras_tl.caching.shard_files import copy_rounded


class MemoryRows:
    """The rows of one entry, in memory.

    Args:
        rows: How many there are; a row is what one image gave.
        shapes: The shape of a row in each tensor, such as `((7, 7, 320),)`.
        dtypes: What each tensor is stored as, `"float32"` or `"float16"`.
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
    def bytes(self) -> int:
        """What they take, in bytes."""
        return sum(array.nbytes for array in self.arrays)

    def missing(self, start: int, stop: int) -> bool:
        """Returns whether a row of `[start, stop)` is not there."""
        return not self.stored[start:stop].all()

    def add(self, start: int, arrays: Sequence[np.ndarray]) -> None:
        """Adds the rows from `start` on.

        Args:
            start: The number of the first row.
            arrays: One for each tensor, `(rows, *shape)`; cast to what is stored.

        Raises:
            ValueError: If a value overflows in float16.
        """
        rows = slice(start, start + len(arrays[0]))
        for stored, array in zip(self.arrays, arrays, strict=True):
            copy_rounded(array, stored[rows])
        self.stored[rows] = True

    def read(self, rows: np.ndarray) -> list[np.ndarray]:
        """Returns rows in the order given: one array for each tensor."""
        return [array[rows] for array in self.arrays]
