"""One shard: a file whose name is its number and the digest of its content.

`00003-<digest>.rows`: bytes and checksum appear in one rename. The content is records, each the
tensors of one image, with nothing before them, so that a shard is mapped and not read.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_tl.caching.layout import Layout
from keras_tl.foundation.files import discard, replacing

# SHA-256, which processors compute faster than others, cut to 128 bits.
DIGITS = 32
SHARD_NAME = re.compile(r"(\d{5,})-([0-9a-f]{32})\.rows")
HALF_WRITTEN = ".????????.*"


class PartialShard:
    """A shard that is being filled, in memory."""

    def __init__(self, number: int, layout: Layout) -> None:
        self.number = number
        self.records = np.empty(layout.rows_in(number), layout.record)
        self.filled = 0

    def append(self, arrays: Sequence[np.ndarray]) -> None:
        """Appends rows, `(rows, *shape)` for each tensor, cast to what is stored.

        Raises:
            ValueError: If a value is finite and overflows in float16.
        """
        stop = self.filled + len(arrays[0])
        for i, values in enumerate(arrays):
            target = self.records[str(i)][self.filled : stop]
            copy_rounded(values, target)
        self.filled = stop


def copy_rounded(values: np.ndarray, target: np.ndarray) -> None:
    """Copies `values` into `target`, rounded to its dtype.

    Raises:
        ValueError: If a value is finite and overflows in float16.
    """
    with np.errstate(over="ignore"):
        target[...] = values
    if target.dtype == np.float16 and (np.isinf(target) & np.isfinite(values)).any():
        raise ValueError(
            "Features are too large for float16: use `dtype='float32'` for the cache. "
            f"Received: a value of {np.abs(values[np.isfinite(values)]).max():g}"
        )


def write_shard(path: Path, number: int, records: np.ndarray) -> str:
    """Writes a shard into the entry `path` and returns its name."""
    content = records.view(np.uint8).data
    name = f"{number:05}-{hashlib.sha256(content).hexdigest()[:DIGITS]}.rows"
    with replacing(path / name) as temporary:
        temporary.write_bytes(content)
    return name


def stored_shards(path: Path, layout: Layout) -> dict[int, str]:
    """Returns the names of the shards in `path` that have the size they must have, by number."""
    found = {}
    with contextlib.suppress(FileNotFoundError), os.scandir(path) as files:
        for file in files:
            match = SHARD_NAME.fullmatch(file.name)
            number = int(match[1]) if match else -1
            if match and file.stat().st_size == layout.rows_in(number) * layout.record.itemsize:
                found[number] = file.name
    return found


def check_content(path: Path) -> None:
    """Compares a shard with the digest in its name.

    Raises:
        ValueError: If they differ.
        OSError: If the file cannot be read.
    """
    match = SHARD_NAME.fullmatch(path.name)
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        if match is None or digest[:DIGITS] != match[2]:
            raise ValueError("its checksum differs")


def map_shard(path: Path, record: np.dtype, rows: int) -> np.ndarray:
    """Maps a shard: records `(rows,)`, read from disk as they are touched."""
    return np.asarray(np.memmap(path, record, mode="r", shape=(rows,)))


def remove_shards(path: Path, number: int | None = None) -> None:
    """Removes all shards, or all of one number, and what a killed process left half written."""
    shards = "*.rows" if number is None else f"{number:05}-*.rows"
    for pattern in (HALF_WRITTEN, shards):
        for file in path.glob(pattern):
            discard(file)
