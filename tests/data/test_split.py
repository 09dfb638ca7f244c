import numpy as np
import pytest

from keras_tl.data.split import rare_classes, stratified, subsample

SHARES = [(0.15, 0.15), (0.4, 0.4), (0.1, 0.0), (0.0, 0.3), (0.9, 0.05), (0.33, 0.33)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shares", SHARES)
def test_every_class_has_its_share_in_every_part(shares, seed):
    labels = np.random.default_rng(seed).integers(0, 12, 200) ** 2 // 12
    parts = stratified(labels, *shares, seed)
    for label in np.unique(labels):
        mine = parts[labels == label]
        for part, share in zip(("validation", "test"), shares, strict=True):
            count = (mine == part).sum()
            if len(mine) >= 3:
                assert abs(count - share * len(mine)) <= 1
                assert count >= (share > 0)
            else:
                assert count == 0
        assert (mine == "train").any()


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("count", range(3, 12))
def test_small_classes_have_one_in_every_part_that_is_asked_for(count, shares):
    parts = stratified(np.zeros(count, int), *shares, 0)
    asked = {"train", *(p for p, s in zip(("validation", "test"), shares, strict=True) if s)}
    assert set(parts) == asked


@pytest.mark.parametrize("count", [1, 2])
def test_classes_below_three_stay_in_training(count):
    labels = np.array([0] * 20 + [1] * count)
    assert set(stratified(labels, 0.3, 0.3, 0)[labels == 1]) == {"train"}
    assert rare_classes(labels, ["many", "few", "none"]) == ["few", "none"]


def test_the_draw_is_a_function_of_the_seed():
    labels = np.arange(90) % 3
    first = stratified(labels, 0.2, 0.2, 1)
    np.testing.assert_array_equal(first, stratified(labels, 0.2, 0.2, 1))
    assert (first != stratified(labels, 0.2, 0.2, 2)).any()


def test_labels_of_several_classes_are_divided_by_share():
    labels = np.random.default_rng(0).integers(0, 2, (40, 3))
    parts = stratified(labels, 0.25, 0.1, 0)
    assert [(parts == p).sum() for p in ("train", "validation", "test")] == [26, 10, 4]


def test_subsample_takes_so_many_of_each_class_or_all_there_are():
    labels = np.array([0] * 10 + [1] * 4 + [2])
    rows = subsample(labels, 4, 0)
    assert np.bincount(labels[rows]).tolist() == [4, 4, 1]
    assert sorted(set(rows)) == rows.tolist()
    np.testing.assert_array_equal(rows, subsample(labels, 4, 0))
    assert rows.tolist() != subsample(labels, 4, 1).tolist()


def test_subsample_of_several_labels_keeps_the_rarest_class():
    labels = np.ones((50, 2), int)
    labels[2:, 1] = 0
    rows = subsample(labels, 2, 0)
    assert {0, 1} <= set(rows)
    assert len(rows) == 4
