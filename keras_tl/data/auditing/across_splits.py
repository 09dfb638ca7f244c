"""Pictures that are in two splits, the same or nearly: what was trained on tells nothing there."""

from typing import NamedTuple

import numpy as np

from keras_tl.data.auditing.examine import AUTO, MemoryOption, directory_of
from keras_tl.data.auditing.look import look_at
from keras_tl.data.auditing.near_duplicates import near_duplicates
from keras_tl.data.auditing.result import BLANK_BELOW
from keras_tl.data.dataset import Data
from keras_tl.data.pictures import EncodedPictures


class Twins(NamedTuple):
    """Two pictures of different splits, each by the name of its split and its row there.

    `bits` is in how many bits of 64 their difference hashes differ; None if their content is the
    same.
    """

    first: tuple[str, int]
    second: tuple[str, int]
    bits: int | None


def twins_across_splits(data: Data, *, memory: MemoryOption = AUTO) -> list[Twins]:
    """Finds pairs of pictures in different splits that are the same, or look nearly the same.

    Pictures in arrays, and blank ones, are compared for the same content alone, as in an audit.

    Args:
        data: The splits.
        memory: As for `audit`: where it is remembered what files look like.

    Returns:
        The pairs, those of the same content first, then the nearest.
    """
    places = [(name, row) for name, split in data.splits.items() for row in range(split.size)]
    digests = [digest for split in data.splits.values() for digest in split.digests]
    same = [Twins(places[one], places[other], None) for one, other in _same(digests)]
    near = [
        Twins(places[one], places[other], bits)
        for one, other, bits in near_duplicates(*_outlines(data, _first_of_each(digests), memory))
    ]
    return [twins for twins in [*same, *near] if twins.first[0] != twins.second[0]]


def _same(digests: list[str]) -> list[tuple[int, int]]:
    """Returns each further picture of a content with the first one."""
    first: dict[str, int] = {}
    pairs = [(first.setdefault(digest, row), row) for row, digest in enumerate(digests)]
    return [(one, other) for one, other in pairs if one != other]


def _first_of_each(digests: list[str]) -> list[int]:
    return list({digest: row for row, digest in reversed(list(enumerate(digests)))}.values())


def _outlines(data: Data, rows: list[int], memory: MemoryOption) -> tuple[list[int], list[int]]:
    """Returns the difference hash of every picture, and the rows in which something is seen."""
    pictures = data.train.pictures
    if not isinstance(pictures, EncodedPictures):
        return [], []
    numbers = np.concatenate([split.numbers for split in data.splits.values()])
    found = look_at([pictures.items[number] for number in numbers], directory_of(memory))
    seen = [row for row in sorted(rows) if found[row].deviation >= BLANK_BELOW]
    return [one.outline for one in found], seen
