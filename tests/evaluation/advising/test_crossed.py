import numpy as np
import pytest
from scipy import stats

from keras_tl.evaluation.advising.crossed import crossed_mean


def drawn(seeds, pictures, seed=0):
    """Differences -1, 0 or 1 of classifiers that seeds and pictures make better or worse."""
    generator = np.random.default_rng(seed)
    better = generator.normal(0.3, 0.3, (seeds, 1)) + generator.normal(0, 0.5, (1, pictures))
    return np.clip(np.rint(better + generator.normal(0, 0.5, (seeds, pictures))), -1, 1)


def test_seeds_that_agree_leave_the_interval_of_scipy_over_pictures():
    row = drawn(1, 40)[0]
    expected = stats.ttest_1samp(row, 0.0).confidence_interval(0.95)
    assert crossed_mean(np.tile(row, (3, 1))).interval == pytest.approx(tuple(expected))


def test_pictures_that_agree_leave_the_interval_of_scipy_over_seeds():
    column = np.random.default_rng(0).normal(0.1, 0.05, (6, 1))
    expected = stats.ttest_1samp(column[:, 0], 0.0).confidence_interval(0.95)
    found = crossed_mean(np.tile(column, (1, 30)))
    assert found.interval == pytest.approx(tuple(expected))
    assert found.picture_error == pytest.approx(0.0, abs=1e-12)


def test_the_error_is_that_of_resampling_seeds_and_pictures():
    """Oracle: the pigeonhole bootstrap, which draws rows and columns (Owen, 2007)."""
    differences = drawn(40, 60)
    generator = np.random.default_rng(1)
    means = [
        differences[np.ix_(generator.integers(40, size=40), generator.integers(60, size=60))].mean()
        for _ in range(4000)
    ]
    found = crossed_mean(differences)
    assert np.hypot(found.seed_error, found.picture_error) == pytest.approx(np.std(means), rel=0.05)
    assert found.mean == differences.mean()


def test_the_interval_holds_what_it_is_to_hold():
    """Of 400 experiments with 4 seeds and 30 pictures about 95 % must hold the true mean."""
    generator = np.random.default_rng(2)
    held = 0
    for _ in range(400):
        seeds, pictures = generator.normal(0, 0.1, (4, 1)), generator.normal(0, 0.3, (1, 30))
        low, high = crossed_mean(0.1 + seeds + pictures).interval
        held += low <= 0.1 <= high
    assert 0.92 <= held / 400 <= 1.0


@pytest.mark.parametrize("pictures", [2, 9, 40])
def test_without_any_spread_few_pictures_prove_little(pictures):
    """Oracle: the rule of Clopper and Pearson when all are alike, (alpha / 2) ** (1 / n)."""
    low, high = crossed_mean(np.ones((3, pictures))).interval
    assert low == pytest.approx(2 * 0.025 ** (1 / pictures) - 1)
    assert high == 1.0
    assert crossed_mean(-np.ones((3, pictures))).interval == (-high, -low)
    assert (low > 0) == (pictures > 5)


def test_no_difference_is_none():
    assert crossed_mean(np.zeros((3, 5))).interval == (0.0, 0.0)


@pytest.mark.parametrize("shape", [(1, 5), (5, 1), (5,)])
def test_one_of_either_has_no_interval(shape):
    with pytest.raises(ValueError, match="at least two of either"):
        crossed_mean(np.zeros(shape))
