import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, kstest

from keras_tl.data.splitting.hashed import hashed
from keras_tl.data.splitting.population import Population, Shares
from keras_tl.foundation.files import digest

HELD_OUT = ("validation", "test")
seeds = st.integers(0, 1000)


def distinct(count, salt=""):
    return Population(np.zeros(count, int), [digest(f"{salt}{row}") for row in range(count)])


@given(st.integers(1, 400), st.from_type(Shares), seeds)
def test_parts_are_within_binomial_bounds(count, shares, seed):
    """Oracle: scipy's binomial distribution, left once in ten million draws."""
    parts = hashed(distinct(count), shares, seed)
    for part, share in zip(("train", *HELD_OUT), shares.of_parts, strict=True):
        low, high = binom.interval(1 - 1e-7, count, share)
        assert low <= (parts == part).sum() <= high


def test_pictures_are_spread_evenly():
    """Oracle: the Kolmogorov-Smirnov test against the uniform distribution."""
    population = distinct(300)
    thresholds = np.linspace(0.005, 0.995, 199)
    inside = np.array([hashed(population, Shares(0, t), 3) == "test" for t in thresholds])
    places = 1.0 - inside.mean(axis=0)
    assert kstest(places, "uniform").pvalue > 0.01


@given(st.from_type(Population), st.from_type(Shares), seeds, st.data())
def test_what_comes_and_goes_moves_nothing_else(population, shares, seed, data):
    parts = hashed(population, shares, seed)
    rows = data.draw(st.permutations(range(len(parts))))[: data.draw(st.integers(1, len(parts)))]
    fewer = Population(population.labels[rows], [population.digests[row] for row in rows])
    np.testing.assert_array_equal(hashed(fewer, shares, seed), parts[rows])


@given(st.from_type(Population), st.from_type(Shares), seeds)
def test_labels_are_of_no_account_and_copies_stay_together(population, shares, seed):
    parts = hashed(population, shares, seed)
    other = Population(population.labels[::-1], population.digests)
    np.testing.assert_array_equal(hashed(other, shares, seed), parts)
    assert len(set(zip(population.digests, parts, strict=True))) == len(set(population.digests))


@pytest.mark.parametrize("grown", HELD_OUT)
@given(st.from_type(Population), st.from_type(Shares), seeds)
def test_a_larger_share_takes_from_training_alone(grown, population, shares, seed):
    before = hashed(population, shares, seed)
    after = hashed(population, shares._replace(**{grown: getattr(shares, grown) + 0.05}), seed)
    moved = before != after
    assert set(before[moved]) <= {"train"}
    assert set(after[moved]) <= {grown}


def test_seeds_give_independent_divisions():
    population, shares = distinct(4000), Shares(0.25, 0.25)
    first, second = (hashed(population, shares, seed) == "test" for seed in (0, 1))
    low, high = binom.interval(1 - 1e-6, 4000, 0.25**2)
    assert low <= (first & second).sum() <= high


def test_groups_go_where_their_name_sends_them():
    groups = np.array([f"p{row % 40}" for row in range(400)])
    population = Population(np.zeros(400, int), [str(row) for row in range(400)], groups=groups)
    parts = hashed(population, Shares(0.3, 0.3), 0)
    assert len(set(zip(groups, parts, strict=True))) == 40
    assert len(set(parts)) == 3
    alone = Population(np.zeros(10, int), [*"abcdefghij"], groups=groups[:10])
    np.testing.assert_array_equal(hashed(alone, Shares(0.3, 0.3), 0), parts[:10])


def test_copies_that_differ_in_bytes_stay_together():
    """As when one picture is stored in two formats, and `together` says so."""
    digests = [digest(str(row)) for row in range(200)]
    population = Population(np.zeros(200, int), digests, together=np.arange(200) // 2)
    parts = hashed(population, Shares(0.3, 0.3), 0)
    np.testing.assert_array_equal(parts[::2], parts[1::2])
    low, high = binom.interval(1 - 1e-6, 100, 0.3)
    assert all(low <= (parts[::2] == part).sum() <= high for part in HELD_OUT)
