"""How the rows of a cache entry lie in its files."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from keras_tl.foundation.checks import at_least, one_of
from keras_tl.foundation.files import write_json

FORMAT = "keras_tl features, 1"
META = "meta.json"
DTYPES = ("float32", "float16")

Shapes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Layout:
    """How the rows of an entry lie in its files.

    Attributes:
        rows: The number of rows; a row is what one image gave.
        shapes: The shape of a row in each tensor of the boundary.
        dtypes: What each tensor is stored as, `"float32"` or `"float16"`.
        rows_per_shard: The rows of a shard; the last one may have fewer.

    Raises:
        ValueError: If a number is out of range, or a dtype is none of the two.
    """

    rows: int
    shapes: Shapes
    dtypes: tuple[str, ...]
    rows_per_shard: int

    def __post_init__(self) -> None:
        at_least("rows", self.rows, 0)
        at_least("rows_per_shard", self.rows_per_shard, 1)
        for dtype in self.dtypes:
            one_of("dtypes", dtype, DTYPES)
        if not self.shapes or len(self.shapes) != len(self.dtypes):
            raise ValueError(
                "`shapes` and `dtypes` must have one item for each tensor. "
                f"Received: shapes={self.shapes!r}, dtypes={self.dtypes!r}"
            )

    @cached_property
    def record(self) -> np.dtype:
        """A row as it is stored: the tensors of one image, one after the other."""
        tensors = zip(self.dtypes, self.shapes, strict=True)
        return np.dtype([(str(i), dtype, shape) for i, (dtype, shape) in enumerate(tensors)])

    @property
    def shards(self) -> int:
        """The number of shards."""
        return -(-self.rows // self.rows_per_shard)

    def rows_in(self, number: int) -> int:
        """Returns the number of rows in a shard; 0 in one that the entry does not have."""
        return max(0, min(self.rows_per_shard, self.rows - number * self.rows_per_shard))

    def pieces(self, start: int, stop: int) -> Iterator[tuple[int, range]]:
        """Yields the shards that hold the rows `[start, stop)`, each with those of its rows."""
        stop = min(stop, self.rows)
        end = -(-stop // self.rows_per_shard) if start < stop else 0
        for number in range(start // self.rows_per_shard, end):
            first = number * self.rows_per_shard
            yield number, range(max(start, first), min(stop, first + self.rows_per_shard))

    def holds_the_same(self, other: "Layout") -> bool:
        """Returns whether the rows are the same, whatever the size of the shards."""
        return (self.rows, self.record) == (other.rows, other.record)


def write_meta(path: Path, layout: Layout, about: Mapping[str, str]) -> None:
    """Writes what makes the directory `path` an entry."""
    write_json(path / META, {"format": FORMAT, **asdict(layout), "about": dict(about)})


def read_meta(path: Path) -> tuple[Layout, dict[str, str]] | None:
    """Returns layout and facts of the entry `path`; None if it is not an entry of this format."""
    try:
        meta: dict[str, Any] = json.loads((path / META).read_text(encoding="utf-8"))
        if meta["format"] != FORMAT:
            return None
        shapes = tuple(tuple(shape) for shape in meta["shapes"])
        dtypes = tuple(meta["dtypes"])
        return Layout(meta["rows"], shapes, dtypes, meta["rows_per_shard"]), meta["about"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
