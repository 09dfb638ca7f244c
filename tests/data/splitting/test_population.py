import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.hierarchy import DisjointSet

from keras_tl.data.splitting.population import Population, Shares, joined

names = st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abcdefgh")), min_size=1, max_size=30)


def test_shares_leave_the_rest_to_training():
    assert Shares(0.2, 0.1).of_parts == pytest.approx((0.7, 0.2, 0.1))


@given(names)
def test_joined_sets_are_the_connected_ones(pairs):
    """Oracle: scipy's DisjointSet, of examples merged one by one."""
    first, second = map(np.array, zip(*pairs, strict=True))
    found = joined(first, second)
    oracle = DisjointSet(range(len(pairs)))
    for one in range(len(pairs)):
        for other in range(one):
            if first[one] == first[other] or second[one] == second[other]:
                oracle.merge(one, other)
    ours = {frozenset(np.flatnonzero(found == number).tolist()) for number in np.unique(found)}
    assert ours == {frozenset(subset) for subset in oracle.subsets()}
    assert set(found) == set(range(oracle.n_subsets))


def test_equal_digests_are_one_unit_unless_told_otherwise():
    labels = np.zeros(4, int)
    digests = ["x", "y", "x", "z"]
    units = Population(labels, digests).units
    assert units[0] == units[2]
    assert len(set(units)) == 3
    told = Population(labels, digests, together=np.array([5, 5, 7, 7])).units
    assert told.tolist() == [0, 0, 1, 1]


def test_groups_that_share_a_copy_are_one_unit():
    groups = np.array(["p", "p", "q", "q", "r"])
    population = Population(np.zeros(5, int), ["a", "b", "b", "c", "d"], groups=groups)
    assert population.units.tolist() == [0, 0, 0, 0, 1]


def test_a_unit_is_spread_by_the_class_of_its_first_example():
    population = Population(np.array([2, 0, 1, 0]), ["x", "y", "x", "x"])
    assert population.strata.tolist() == [2, 0, 2, 2]
    several = Population(np.eye(4), ["a", "b", "c", "d"])
    assert several.strata.tolist() == [0, 0, 0, 0]


@given(st.from_type(Population), st.integers(0, 99))
def test_what_belongs_together_still_does_among_some(population, seed):
    generator = np.random.default_rng(seed)
    rows = np.flatnonzero(generator.random(len(population.labels)) < 0.5)
    taken = population.take(rows)
    np.testing.assert_array_equal(taken.labels, population.labels[rows])
    for one in range(len(rows)):
        same = population.units[rows] == population.units[rows[one]]
        np.testing.assert_array_equal(taken.units == taken.units[one], same)
