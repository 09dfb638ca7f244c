"""Pictures that look nearly the same: pairs of difference hashes that differ in few bits."""

from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from keras_tl.data.auditing.appearance import HASH_BITS
from keras_tl.data.auditing.duplicates import without_copies
from keras_tl.data.auditing.inspection import Inspection

MOST_BITS = 4
MOST_PAIRS = 10_000
_OCTETS = np.arange(2**16, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
_ONES = np.unpackbits(_OCTETS, axis=1).sum(axis=1, dtype=np.uint8)


class NearDuplicate(NamedTuple):
    """Two pictures, by their rows, and in how many bits their difference hashes differ."""

    first: int
    second: int
    bits: int


def near_duplicates(
    inspections: Sequence[Inspection], rows: Sequence[int], duplicates: Sequence[Sequence[int]]
) -> list[NearDuplicate]:
    """Finds pictures that look nearly the same; of duplicates only the first, and nothing blank.

    Args:
        inspections: What was found of each picture.
        rows: The pictures to compare.
        duplicates: Rows of the pictures of each content that is there more than once.

    Returns:
        The pairs, the nearest first, at most `MOST_PAIRS`.
    """
    different = without_copies(rows, duplicates)
    hashes = [found.difference_hash for found in inspections]
    return near_pairs(hashes, [row for row in different if not inspections[row].is_blank])


def near_pairs(
    hashes: Sequence[int], rows: Sequence[int], most_pairs: int = MOST_PAIRS
) -> list[NearDuplicate]:
    """Finds pairs of pictures whose hashes differ in at most `MOST_BITS` bits.

    Each further picture with a hash is paired with the first one that has it, and the first ones
    with each other. Two hashes that differ in 4 bits agree in one of 5 bands of bits at least
    (Manku et al., 2007, "Detecting near-duplicates for web crawling"), so that only pictures
    that agree in a band are compared, in memory that grows as the number of pictures.

    Args:
        hashes: Difference hash of each picture.
        rows: The pictures to compare.
        most_pairs: How many pairs are enough; where there are more, it is left open which.

    Returns:
        The pairs, the nearest first.
    """
    chosen = np.asarray(rows, dtype=np.int64)
    values = np.array([hashes[row] for row in rows], dtype=np.uint64)
    unique, first, group = np.unique(values, return_index=True, return_inverse=True)
    leaders = chosen[first]
    leader_of = leaders[group.reshape(-1)].tolist()
    equal = zip(leader_of, chosen.tolist(), strict=True)
    found = [NearDuplicate(leader, row, 0) for leader, row in equal if leader != row]
    for one, other, bits in islice(_near(unique), max(0, most_pairs - len(found))):
        first_row, second_row = sorted((int(leaders[one]), int(leaders[other])))
        found.append(NearDuplicate(first_row, second_row, bits))
    return sorted(found, key=lambda pair: (pair.bits, pair))[:most_pairs]


def _near(hashes: np.ndarray) -> Iterator[tuple[int, int, int]]:
    """Yields positions of different hashes that are near, each pair once, and the distance."""
    bands = _bands()
    for number, band in enumerate(bands):
        order = np.argsort(hashes & band, kind="stable")
        ordered = hashes[order]
        for one, other in _neighbours(ordered & band):
            differing = ordered[one] ^ ordered[other]
            bits = _ones(differing)
            is_new = bits <= MOST_BITS
            for earlier in bands[:number]:
                is_new &= (differing & earlier) != 0
            yield from zip(
                order[one[is_new]], order[other[is_new]], bits[is_new].tolist(), strict=True
            )


def _bands() -> list[np.uint64]:
    """Returns masks that deal the bits of a hash out to one band more than bits may differ.

    Each takes bits from all over the picture: its border is often plain, and tells nothing.
    """
    number = MOST_BITS + 1
    shares = [range(first, HASH_BITS, number) for first in range(number)]
    return [np.uint64(sum(1 << bit for bit in share)) for share in shares]


def _neighbours(keys: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields the positions of all pairs of equal keys among sorted ones, the closest first."""
    positions = np.arange(len(keys))
    for step in count(1):
        positions = positions[positions < len(keys) - step]
        positions = positions[keys[positions] == keys[positions + step]]
        if not len(positions):
            return
        yield positions, positions + step


def _ones(values: np.ndarray) -> np.ndarray:
    """Returns the number of bits that are set in each 64-bit number."""
    return _ONES[values.view(np.uint16)].reshape(-1, 4).sum(axis=1, dtype=np.int64)
