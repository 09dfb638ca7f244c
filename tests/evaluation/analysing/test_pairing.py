"""McNemar's test by the binomial distribution itself, the interval by SciPy's bootstrap."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from keras_tl.evaluation.analysing.pairing import paired


def answers(both=0, first=0, other=0, neither=0):
    right = np.repeat([True, True, False, False], [both, first, other, neither])
    other_right = np.repeat([True, False, True, False], [both, first, other, neither])
    return right, other_right


@given(*[st.integers(0, 12)] * 3, st.integers(1, 12))
def test_the_test_is_the_exact_one_of_mcnemar(both, first, other, neither):
    found = paired(*answers(both, first, other, neither))
    trials, fewer = first + other, min(first, other)
    tail = sum(comb(trials, k) for k in range(fewer + 1)) / 2**trials
    assert found.p_value == pytest.approx(min(1.0, 2 * tail))
    assert (found.only_first, found.only_other) == (first, other)
    assert found.examples == both + first + other + neither
    assert found.difference == pytest.approx((first - other) / found.examples)
    low, high = found.interval
    assert low <= found.difference <= high


@pytest.mark.parametrize("counts", [(50, 9, 3, 4), (200, 40, 41, 19), (5, 0, 3, 2)])
def test_the_interval_is_that_of_scipys_paired_bootstrap(counts):
    right, other_right = answers(*counts)
    expected = stats.bootstrap(
        (right.astype(float), other_right.astype(float)),
        lambda x, y, axis: (x - y).mean(axis=axis),
        paired=True, n_resamples=9999, method="percentile", rng=np.random.default_rng(7),
    ).confidence_interval  # fmt: skip
    assert paired(right, other_right).interval == pytest.approx(
        tuple(expected), abs=1.1 / len(right)
    )


def test_exchanged_the_difference_changes_its_sign_and_the_test_does_not():
    right, other_right = answers(20, 9, 2, 5)
    there, back = paired(right, other_right), paired(other_right, right)
    assert there.difference == -back.difference
    assert there.p_value == back.p_value


def test_pairs_tell_more_than_two_accuracies():
    """With answers alike but for ten pictures, ten points are sure; shuffled they are not."""
    right, other_right = answers(70, 10, 0, 20)
    shuffled = np.random.default_rng(0).permutation(other_right)
    assert paired(right, other_right).p_value < 0.01 < paired(right, shuffled).p_value


def test_the_same_answers_do_not_differ():
    right, _ = answers(7, 3, 2, 1)
    found = paired(right, right)
    assert (found.difference, found.interval, found.p_value) == (0.0, (0.0, 0.0), 1.0)


@pytest.mark.parametrize(
    ("right", "other"),
    [
        (np.ones(3, bool), np.ones(4, bool)),
        (np.ones(3), np.ones(3, bool)),
        (np.ones(0, bool), np.ones(0, bool)),
        (np.ones((2, 2), bool), np.ones((2, 2), bool)),
    ],
)
def test_answers_that_do_not_pair_are_refused(right, other):
    with pytest.raises(ValueError, match="`right` and `other_right` must be booleans"):
        paired(right, other)
