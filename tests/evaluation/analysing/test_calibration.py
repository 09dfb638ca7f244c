"""Bins by scikit-learn's calibration curve, the Brier score by its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from keras_tl.evaluation.analysing.calibration import calibration


def holding(found):
    return [one for one in found.bins if one.count]


def check(found, holds, confidence):
    accuracy, mean = calibration_curve(holds, confidence, n_bins=len(found.bins))
    assert [one.accuracy for one in holding(found)] == pytest.approx(accuracy.tolist())
    assert [one.confidence for one in holding(found)] == pytest.approx(mean.tolist())
    counts = [one.count for one in holding(found)]
    assert sum(counts) == found.predictions == len(holds)
    assert found.ece == pytest.approx(np.average(np.abs(accuracy - mean), weights=counts))


@given(drawn=st.data())
def test_bins_are_those_of_scikit_learn(splits, drawn):
    scored = drawn.draw(splits())
    exact = scored.probabilities.astype("float64")
    check(calibration(scored), scored.right, exact.max(axis=1))


@given(drawn=st.data())
def test_of_several_labels_each_probability_is_a_prediction(splits, drawn):
    scored = drawn.draw(splits(multi_label=True))
    exact = scored.probabilities.astype("float64")
    check(calibration(scored), scored.labels.ravel(), exact.ravel())
    expected = brier_score_loss(scored.labels.ravel(), exact.ravel())
    assert calibration(scored).brier == pytest.approx(expected)


@given(drawn=st.data())
def test_the_brier_score_is_scikit_learns(splits, drawn):
    scored = drawn.draw(splits())
    exact = scored.probabilities.astype("float64")
    exact /= exact.sum(axis=1, keepdims=True)
    classes = list(range(exact.shape[1]))
    expected = brier_score_loss(scored.labels, exact, labels=classes, scale_by_half=False)
    assert calibration(scored).brier == pytest.approx(expected, abs=1e-6)


def test_a_closed_form(made):
    """Half of what is said with 13/16 is right, all of what is said with 9/16."""
    found = [[13, 3], [9, 7], [13, 3], [7, 9]]
    found = calibration(made([0, 0, 1, 1], np.array(found) / 16), bins=4)
    assert found.ece == (2 * abs(1 / 2 - 13 / 16) + 2 * abs(1 - 9 / 16)) / 4
    assert [one.count for one in found.bins] == [0, 0, 2, 2]
    assert found.bins[0].accuracy is None
    assert found.bins[0].confidence is None


def test_sure_and_right_is_calibrated_and_sure_and_wrong_as_far_off_as_can_be(made):
    sure = np.eye(3)[[0, 1, 2]]
    right, wrong = calibration(made([0, 1, 2], sure)), calibration(made([1, 2, 0], sure))
    assert (right.ece, right.brier) == (0.0, 0.0)
    assert (wrong.ece, wrong.brier) == (1.0, 2.0)


def test_edges_belong_to_the_bin_below(made):
    found = calibration(made([[1], [0], [1]], [[0.0], [0.5], [1.0]], multi_label=True), bins=2)
    assert [one.count for one in found.bins] == [2, 1]
    assert [(one.low, one.high) for one in found.bins] == [(0.0, 0.5), (0.5, 1.0)]


def test_bins_are_at_least_one(made):
    with pytest.raises(ValueError, match="`bins` must be an integer >= 1"):
        calibration(made([0], [[1.0, 0.0]]), bins=0)
