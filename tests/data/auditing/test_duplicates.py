from keras_tl.data.auditing.duplicates import (
    disagreeing,
    duplicate_groups,
    pairs_of,
    without_copies,
)

DIGESTS = ["x", "y", "x", "z", "y", "x", "bad", "bad"]
ROWS = range(6)


def test_only_chosen_rows_are_compared_and_every_group_is_found():
    assert duplicate_groups(DIGESTS, ROWS) == [(0, 2, 5), (1, 4)]
    assert duplicate_groups(DIGESTS, [0, 3, 7]) == []


def test_each_further_one_is_paired_with_the_first():
    assert pairs_of([(0, 2, 5), (1, 4)]) == [(0, 2), (0, 5), (1, 4)]


def test_the_first_of_a_group_stays():
    assert without_copies([0, 1, 2, 3, 4], [(0, 2, 5), (1, 4)]) == [0, 1, 3]
    assert without_copies([2, 5], []) == [2, 5]


def test_each_further_key_is_named_once():
    groups = duplicate_groups(DIGESTS, ROWS)
    assert disagreeing(groups, ["cat"] * 6) == []
    assert disagreeing(groups, ["cat", "cat", "cat", "dog", "dog", "cat"]) == [(1, 4)]
    assert disagreeing(groups, ["cat", "-", "owl", "-", "-", "dog"]) == [(0, 2), (0, 5)]
    assert disagreeing(groups, ["cat", "-", "dog", "-", "-", "dog"]) == [(0, 2)]
