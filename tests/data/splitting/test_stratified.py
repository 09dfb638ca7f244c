import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_tl.data.splitting.population import Population, Shares
from keras_tl.data.splitting.stratified import SMALLEST_CLASS, stratified

SHARES = [(0.15, 0.15), (0.4, 0.4), (0.1, 0.0), (0.0, 0.3), (0.9, 0.05), (0.33, 0.33)]
HELD_OUT = ("validation", "test")
seeds = st.integers(0, 1000)


def distinct(labels):
    return Population(labels, [str(row) for row in range(len(labels))])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shares", SHARES)
def test_every_class_has_its_share_in_every_part(shares, seed):
    labels = np.random.default_rng(seed).integers(0, 12, 200) ** 2 // 12
    parts = stratified(distinct(labels), Shares(*shares), seed)
    for label in np.unique(labels):
        mine = parts[labels == label]
        for part, share in zip(HELD_OUT, shares, strict=True):
            count = (mine == part).sum()
            if len(mine) >= SMALLEST_CLASS:
                assert abs(count - share * len(mine)) <= 1
                assert count >= (share > 0)
            else:
                assert count == 0
        assert (mine == "train").any()


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("count", range(3, 12))
def test_small_classes_have_one_in_every_part_that_is_asked_for(count, shares):
    parts = stratified(distinct(np.zeros(count, int)), Shares(*shares), 0)
    asked = {"train", *(p for p, s in zip(HELD_OUT, shares, strict=True) if s)}
    assert set(parts) == asked


@pytest.mark.parametrize("count", [1, 2])
def test_classes_below_three_stay_in_training(count):
    labels = np.array([0] * 20 + [1] * count)
    assert set(stratified(distinct(labels), Shares(0.3, 0.3), 0)[labels == 1]) == {"train"}


@given(st.lists(st.integers(0, 5), min_size=1, max_size=80), seeds)
def test_without_copies_each_class_is_permuted_and_cut(labels, seed):
    """So it was before copies were known of; runs that were begun then go on."""
    labels = np.array(labels)
    generator = np.random.default_rng(seed)
    expected = np.full(len(labels), "train", dtype="<U10")
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        held_out = max(1, round(0.2 * len(members))) if len(members) >= 3 else 0
        expected[members[:held_out]] = "validation"
        expected[members[held_out : 2 * held_out]] = "test"
    found = stratified(distinct(labels), Shares(0.2, 0.2), seed)
    np.testing.assert_array_equal(found, expected)


@given(st.from_type(Population), st.from_type(Shares), seeds)
def test_copies_stay_together_and_every_example_has_a_part(population, shares, seed):
    parts = stratified(population, shares, seed)
    assert set(parts) <= {"train", *HELD_OUT}
    for unit in np.unique(population.units):
        assert len(set(parts[population.units == unit])) == 1


@given(st.from_type(Population), st.from_type(Shares), seeds)
def test_shares_are_met_as_nearly_as_copies_allow(population, shares, seed):
    parts = stratified(population, shares, seed)
    for stratum in np.unique(population.strata):
        rows = population.strata == stratum
        sizes = np.unique(population.units[rows], return_counts=True)[1]
        for part, share in zip(HELD_OUT, shares, strict=True):
            count = (parts[rows] == part).sum()
            if len(sizes) < SMALLEST_CLASS or not share:
                assert count == 0
                continue
            assert count > 0
            assert abs(count - share * rows.sum()) <= 1 + sizes.max() * (sizes.max() > 1)
        assert (parts[rows] == "train").any()


def test_pictures_without_copies_are_held_out_first():
    contents = [*range(40), *np.repeat(np.arange(40, 50), 4)]
    population = Population(np.zeros(80, int), [str(content) for content in contents])
    parts = stratified(population, Shares(0.2, 0.2), 0)
    assert set(parts[40:]) == {"train"}
    assert [(parts == part).sum() for part in HELD_OUT] == [16, 16]


def test_three_copies_are_no_class_that_can_be_divided():
    population = Population(np.array([0] * 9 + [1] * 3), [*map(str, range(9)), *"xxx"])
    assert set(stratified(population, Shares(0.3, 0.3), 0)[9:]) == {"train"}


def test_the_draw_is_a_function_of_the_seed():
    population = distinct(np.arange(90) % 3)
    first = stratified(population, Shares(0.2, 0.2), 1)
    np.testing.assert_array_equal(first, stratified(population, Shares(0.2, 0.2), 1))
    assert (first != stratified(population, Shares(0.2, 0.2), 2)).any()


def test_labels_of_several_classes_are_divided_by_share():
    labels = np.random.default_rng(0).integers(0, 2, (40, 3))
    parts = stratified(distinct(labels), Shares(0.25, 0.1), 0)
    assert [(parts == p).sum() for p in ("train", *HELD_OUT)] == [26, 10, 4]


def test_groups_are_refused():
    population = Population(np.zeros(4, int), [*"abcd"], groups=np.array([*"ppqq"]))
    with pytest.raises(ValueError, match="`split` must be 'grouped' or 'hashed' where"):
        stratified(population, Shares(0.3, 0.3), 0)
