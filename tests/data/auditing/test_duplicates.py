import numpy as np

from keras_tl.data.auditing.duplicates import (
    disagreeing,
    duplicate_groups,
    group_numbers,
    pairs_of,
)

DIGESTS = ["x", "y", "x", "z", "y", "x", "bad", "bad"]
ROWS = range(6)


def test_pictures_of_one_content_have_one_number():
    numbers = group_numbers(DIGESTS)
    assert numbers.shape == (8,)
    for one in range(8):
        for other in range(8):
            assert (numbers[one] == numbers[other]) == (DIGESTS[one] == DIGESTS[other])
    assert sorted(set(numbers.tolist())) == list(range(4))
    assert group_numbers([]).shape == (0,)


def test_only_chosen_rows_are_compared_and_every_group_is_found():
    assert duplicate_groups(DIGESTS, ROWS) == [(0, 2, 5), (1, 4)]
    assert duplicate_groups(DIGESTS, [0, 3, 7]) == []


def test_each_further_one_is_paired_with_the_first():
    assert pairs_of([(0, 2, 5), (1, 4)]) == [(0, 2), (0, 5), (1, 4)]


def test_each_further_key_is_named_once():
    groups = duplicate_groups(DIGESTS, ROWS)
    assert disagreeing(groups, ["cat"] * 6) == []
    assert disagreeing(groups, ["cat", "cat", "cat", "dog", "dog", "cat"]) == [(1, 4)]
    assert disagreeing(groups, ["cat", "-", "owl", "-", "-", "dog"]) == [(0, 2), (0, 5)]
    assert disagreeing(groups, ["cat", "-", "dog", "-", "-", "dog"]) == [(0, 2)]


def test_numbers_can_be_any_size_of_data():
    digests = [f"{number // 2:032x}" for number in range(20_000)]
    numbers = group_numbers(digests)
    assert len(np.unique(numbers)) == 10_000
    assert (numbers[::2] == numbers[1::2]).all()
