"""Confident learning against the definition of the paper, and against scikit-learn's folds."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from keras_tl.evaluation.analysing.confident_learning import doubts, out_of_fold, plausible_labels


@pytest.fixture(scope="module")
def clouds():
    """Three clouds of points; the first point of each has the label of the next cloud."""
    generator = np.random.default_rng(0)
    truth = np.arange(60) % 3
    points = generator.normal(0, 0.5, (60, 4)) + 4 * np.eye(3, 4)[truth]
    labels = truth.copy()
    labels[:3] = (truth[:3] + 1) % 3
    return points, labels, truth, np.arange(60) // 3 % 4


def test_nobody_is_judged_by_what_has_learned_from_him(clouds):
    points, labels, _, fold = clouds
    found = out_of_fold(points, labels, fold)
    for number in range(4):
        held, rest = fold == number, fold != number
        scaler = StandardScaler().fit(points[rest])
        probe = LogisticRegression(C=0.1, max_iter=5000).fit(
            scaler.transform(points[rest]), labels[rest]
        )
        expected = probe.predict_proba(scaler.transform(points[held]))
        np.testing.assert_allclose(found[held], expected, atol=1e-6)


def test_plausible_is_what_reaches_the_mean_of_its_class():
    """The thresholds, means of what is said of their own, are 0.7 and 0.5."""
    labels = np.array([0, 0, 0, 1, 1])
    first = np.array([0.9, 0.8, 0.4, 0.25, 0.75])
    found = np.stack([first, 1 - first], axis=1)
    np.testing.assert_array_equal(plausible_labels(labels, found), [0, 0, 1, 1, 0])
    unsure = np.stack([np.full(5, 0.5), np.full(5, 0.5)], axis=1)
    np.testing.assert_array_equal(plausible_labels(labels, unsure), [0, 0, 0, 0, 0])


def test_a_label_stays_where_nothing_is_plausible():
    labels = np.array([0, 0, 1, 1])
    first = np.array([0.9, 0.45, 0.1, 0.2])
    found = np.stack([first, 1 - first], axis=1)
    assert found[1, 1] < np.mean([0.9, 0.8])
    assert found[1, 0] < np.mean([0.9, 0.45])
    assert plausible_labels(labels, found)[1] == 0


def test_wrong_labels_are_doubted_and_right_ones_are_not(clouds):
    points, labels, truth, fold = clouds
    found = doubts(points, labels, fold)
    np.testing.assert_array_equal(found.examined, np.arange(60))
    np.testing.assert_array_equal(found.suggested, truth)
    assert (found.margin[:3] > 0.2).all()
    np.testing.assert_array_equal(found.margin[3:], 0)


def test_a_class_in_one_fold_alone_is_left_out(clouds):
    points, labels, _, fold = clouds
    labels = labels.copy()
    labels[fold == 3] += 10
    labels[0] = 3
    found = doubts(points, labels, fold)
    assert set(np.unique(labels[found.examined])) == {0, 1, 2}
    assert set(found.suggested) <= {0, 1, 2}
    assert len(found.examined) == 44


@pytest.mark.parametrize("labels", [np.zeros(60, int), np.arange(60)])
def test_with_one_class_or_one_image_a_class_nothing_can_be_said(clouds, labels):
    points, *_, fold = clouds
    assert len(doubts(points, labels, fold).examined) == 0
