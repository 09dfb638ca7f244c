import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_tl.data.splitting.grouped import grouped
from keras_tl.data.splitting.population import Population, Shares

PARTS = ("train", "validation", "test")
seeds = st.integers(0, 1000)


def with_groups(population, count, seed):
    groups = np.random.default_rng(seed).integers(0, count, len(population.labels))
    return Population(population.labels, population.digests, groups=groups.astype(str))


@given(st.from_type(Population), st.from_type(Shares), st.integers(1, 40), seeds)
def test_neither_groups_nor_copies_are_divided(population, shares, count, seed):
    population = with_groups(population, count, seed)
    parts = grouped(population, shares, seed)
    assert set(parts) <= set(PARTS)
    for name in (population.groups, np.array(population.digests)):
        assert len(set(zip(name, parts, strict=True))) == len(set(name))


@given(st.from_type(Population), st.from_type(Shares), st.integers(1, 40), seeds)
def test_every_part_that_is_asked_for_has_a_group(population, shares, count, seed):
    population = with_groups(population, count, seed)
    parts = grouped(population, shares, seed)
    asked = {part for part, share in zip(PARTS, shares.of_parts, strict=True) if share}
    assert set(parts) <= asked
    if len(set(population.units)) >= len(asked):
        assert set(parts) == asked


def test_shares_and_classes_are_met_where_groups_allow():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 4, 1000)
    groups = generator.integers(0, 200, 1000)
    population = Population(labels, [str(row) for row in range(1000)], groups=groups)
    parts = grouped(population, Shares(0.2, 0.1), 0)
    for part, share in zip(PARTS, (0.7, 0.2, 0.1), strict=True):
        counts = np.bincount(labels[parts == part], minlength=4)
        np.testing.assert_allclose(counts / np.bincount(labels), share, atol=0.02)


def test_without_groups_it_says_how_to_give_them():
    with pytest.raises(ValueError, match=r"needs groups.* `group=` .* columns=\{'group'"):
        grouped(Population(np.zeros(3, int), [*"abc"]), Shares(0.3, 0.3), 0)
