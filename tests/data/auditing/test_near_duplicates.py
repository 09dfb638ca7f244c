"""Pairs of hashes, against a brute-force search by scikit-learn."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from keras_tl.data.auditing.near_duplicates import MOST_BITS, near_pairs


def oracle(hashes):
    """All pairs of hashes that differ in at most `MOST_BITS` bits, with the number of bits."""
    octets = np.asarray(hashes, dtype=np.uint64).view(np.uint8).reshape(-1, 8)
    bits = np.unpackbits(octets, axis=1)
    search = NearestNeighbors(radius=(MOST_BITS + 0.5) / 64, metric="hamming", algorithm="brute")
    distances, rows = search.fit(bits).radius_neighbors(bits)
    return {
        (one, int(other), round(64 * distance))
        for one, (near, others) in enumerate(zip(distances, rows, strict=True))
        for distance, other in zip(near, others, strict=True)
        if one < other
    }


def crowded(count, seed, bits=20):
    """Different hashes of so few bits, spread over the 64, that many are near each other."""
    rng = np.random.default_rng(seed)
    places = rng.choice(64, bits, replace=False).astype(np.uint64)
    drawn = rng.integers(0, 2, (4 * count, bits)).astype(np.uint64)
    return np.unique((drawn << places).sum(axis=1))[:count]


@pytest.mark.parametrize("seed", range(4))
def test_every_near_pair_is_found_once_and_no_other(seed):
    hashes = np.random.default_rng(seed).permutation(crowded(400, seed)).tolist()
    found = near_pairs(hashes, range(len(hashes)), most_pairs=10**6)
    assert len(found) == len(set(found)) > 100
    assert set(map(tuple, found)) == oracle(hashes)
    assert [pair.bits for pair in found] == sorted(pair.bits for pair in found)


def test_bits_may_differ_anywhere_even_all_in_a_row():
    hashes = [0]
    for start in range(61):
        hashes.append(0b1111 << start)
    found = near_pairs(hashes, range(len(hashes)))
    assert {pair.second for pair in found if pair.first == 0 and pair.bits == 4} == set(
        range(1, 62)
    )
    assert near_pairs([0, 0b11111], range(2)) == []


def test_equal_hashes_are_paired_with_the_first_and_others_with_that():
    hashes = [5, 99999999, 5, 7, 5]
    assert near_pairs(hashes, range(5)) == [(0, 2, 0), (0, 4, 0), (0, 3, 1)]


def test_only_chosen_rows_are_compared():
    assert near_pairs([1, 1, 1, 3], [1, 3]) == [(1, 3, 1)]
    assert near_pairs([], []) == []
    assert near_pairs([2**64 - 1], [0]) == []


def test_no_more_pairs_are_gathered_than_asked_for():
    hashes = crowded(3000, 0).tolist()
    assert len(near_pairs(hashes, range(3000), most_pairs=50)) == 50
    assert len(near_pairs([7] * 300, range(300), most_pairs=50)) == 50
