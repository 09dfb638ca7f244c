import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_tl.data.parts import PARTS
from keras_tl.data.splitting.divide import SPLITS, divide
from keras_tl.data.splitting.population import Population, Shares

seeds = st.integers(0, 1000)


def prepared(split, population):
    if split != "grouped":
        return population
    groups = np.array([digest[:1] for digest in population.digests])
    return Population(population.labels, population.digests, groups=groups)


@pytest.mark.parametrize("split", SPLITS)
@given(st.from_type(Population), st.from_type(Shares), seeds)
def test_every_splitter_keeps_the_contract(split, population, shares, seed):
    """Complete, disjoint, a function of the seed; no unit divided, no part unasked for."""
    population = prepared(split, population)
    parts = divide(population, shares, seed, split=split)
    assert parts.shape == (len(population.labels),)
    asked = {part for part, share in zip(PARTS, shares.of_parts, strict=True) if share}
    assert set(parts) <= asked
    np.testing.assert_array_equal(parts, divide(population, shares, seed, split=split))
    units = population.units
    assert len(set(zip(units, parts, strict=True))) == len(set(units))


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("own", [("train", "test"), ("train", "validation"), PARTS, ("train",)])
def test_parts_of_the_source_stay_and_missing_ones_are_drawn(split, own):
    generator = np.random.default_rng(0)
    given_parts = np.array(own)[np.arange(300) % len(own)]
    population = Population(
        generator.integers(0, 3, 300),
        [str(row) for row in range(300)],
        groups=None if split == "stratified" else np.arange(300) // 6,
    )
    parts = divide(population, Shares(0.2, 0.2), 0, split=split, parts=given_parts)
    held_out = given_parts != "train"
    np.testing.assert_array_equal(parts[held_out], given_parts[held_out])
    drawn = parts[~held_out]
    for part in ("validation", "test"):
        assert (drawn == part).any() == (part not in own)
    assert (drawn == "train").any()


def test_parts_of_the_source_may_divide_groups_that_our_splitters_never_do():
    population = Population(np.arange(6) % 2, [*"abcdef"], groups=np.array([*"pppqqq"]))
    own = np.array([*PARTS, *PARTS])
    np.testing.assert_array_equal(divide(population, Shares(0.1, 0.1), 0, parts=own), own)


def test_splitters_that_are_not_there_are_named():
    population = Population(np.zeros(3, int), [*"abc"])
    with pytest.raises(ValueError, match=r"`split` must be one of .* Did you mean 'stratified'"):
        divide(population, Shares(0.1, 0.1), 0, split="stratifed")
