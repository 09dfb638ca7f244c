import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedKFold

from keras_tl.data.splitting.folds import folds
from keras_tl.data.splitting.population import Population

seeds = st.integers(0, 1000)
counts = st.integers(2, 6)


def largest_class(population):
    first = np.unique(population.units, return_index=True)[1]
    return np.bincount(population.labels[first]).max()


@given(st.from_type(Population), counts, seeds)
def test_every_example_has_one_fold_and_copies_share_theirs(population, k, seed):
    assume(largest_class(population) >= k)
    found = folds(population, k, seed)
    assert set(found) == set(range(k))
    assert len(set(zip(population.digests, found, strict=True))) == len(set(population.digests))


@given(st.from_type(Population), counts, seeds)
def test_different_pictures_of_a_class_are_spread_within_one(population, k, seed):
    assume(largest_class(population) >= k)
    found = folds(population, k, seed)
    first = np.unique(population.units, return_index=True)[1]
    for label in np.unique(population.labels[first]):
        spread = np.bincount(found[first][population.labels[first] == label], minlength=k)
        assert np.ptp(spread) <= 1


@pytest.mark.parametrize("seed", range(3))
def test_without_copies_they_are_scikit_learns(seed):
    """Oracle: StratifiedKFold."""
    labels = np.random.default_rng(seed).integers(0, 4, 90)
    found = folds(Population(labels, [str(row) for row in range(90)]), 5, seed)
    divider = StratifiedKFold(5, shuffle=True, random_state=seed)
    for fold, (_, rows) in enumerate(divider.split(labels, labels)):
        np.testing.assert_array_equal(np.flatnonzero(found == fold), rows)


@given(st.from_type(Population), counts, st.integers(1, 30), seeds)
def test_groups_are_whole(population, k, number, seed):
    groups = np.random.default_rng(seed).integers(0, number, len(population.labels))
    population = Population(population.labels, population.digests, groups=groups)
    assume(len(set(population.units)) >= k)
    found = folds(population, k, seed)
    assert set(found) == set(range(k))
    assert len(set(zip(groups, found, strict=True))) == len(set(groups))
    assert len(set(zip(population.digests, found, strict=True))) == len(set(population.digests))


def test_rare_classes_are_no_reason_to_warn():
    labels = np.array([0] * 20 + [1])
    found = folds(Population(labels, [str(row) for row in range(21)]), 5, 0)
    assert np.bincount(found[:20]).tolist() == [4] * 5


def test_labels_of_several_classes_are_spread_by_number():
    labels = np.random.default_rng(0).integers(0, 2, (30, 3))
    found = folds(Population(labels, [str(row) for row in range(30)]), 3, 0)
    assert np.bincount(found).tolist() == [10] * 3


@pytest.mark.parametrize(
    ("k", "groups", "message"),
    [
        (1, None, "`k` must be an integer >= 2"),
        (6, None, "at most the number of pictures of the largest class, 5. Received: k=6"),
        (3, [*"ppppqqqqq"], "at most the number of groups, 2. Received: k=3"),
    ],
)
def test_more_folds_than_can_be_are_refused(k, groups, message):
    labels = np.array([0] * 5 + [1] * 4)
    names = None if groups is None else np.array(groups)
    population = Population(labels, [str(row) for row in range(9)], groups=names)
    with pytest.raises(ValueError, match=message):
        folds(population, k, 0)
