"""Both scores are scikit-learn's; where it has none, there is a reason."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from keras_tl.evaluation.analysing.ranked_scores import ranked_scores


def check(scored, holds):
    found = ranked_scores(scored)
    for number, name in enumerate(scored.class_names):
        truth, given_to = holds[:, number], scored.probabilities[:, number]
        if 0 < truth.sum() < len(truth):
            assert found.roc_auc[name] == pytest.approx(roc_auc_score(truth, given_to))
            expected = average_precision_score(truth, given_to)
            assert found.average_precision[name] == pytest.approx(expected)
            assert name not in found.reasons
        else:
            assert found.roc_auc[name] is None
            assert found.average_precision[name] is None
            assert found.reasons[name] == f"{'every' if truth.any() else 'no'} image has it"


@given(drawn=st.data())
def test_each_class_against_the_rest_is_scikit_learns(splits, drawn):
    scored = drawn.draw(splits())
    check(scored, np.eye(len(scored.class_names))[scored.labels])


@given(drawn=st.data())
def test_of_several_labels_too(splits, drawn):
    scored = drawn.draw(splits(multi_label=True))
    check(scored, scored.labels)


def test_the_mean_is_scikit_learns_where_every_class_occurs(made):
    generator = np.random.default_rng(0)
    labels, found = np.arange(30) % 3, generator.dirichlet([1, 1, 1], 30)
    scored = made(labels, found)
    exact = scored.probabilities.astype("float64")
    exact /= exact.sum(axis=1, keepdims=True)
    expected = roc_auc_score(labels, exact, multi_class="ovr", average="macro")
    assert ranked_scores(scored).macro_roc_auc == pytest.approx(expected)
    truth = np.eye(3)[labels]
    expected = average_precision_score(truth, scored.probabilities, average="macro")
    assert ranked_scores(scored).macro_average_precision == pytest.approx(expected)


def test_the_mean_leaves_out_a_class_that_no_image_has(made):
    scored = made([0, 1, 0], [[0.8, 0.1, 0.1], [0.2, 0.7, 0.1], [0.5, 0.4, 0.1]])
    found = ranked_scores(scored)
    assert found.macro_roc_auc == 1.0
    assert found.reasons == {"class 2": "no image has it"}


def test_one_class_has_no_scores(made):
    found = ranked_scores(made([1, 1], [[0.5, 0.5], [0.2, 0.8]]))
    assert found.macro_roc_auc is None
    assert found.macro_average_precision is None
    assert found.reasons == {"class 0": "no image has it", "class 1": "every image has it"}


def test_equal_probabilities_tell_nothing(made):
    found = ranked_scores(made([0, 1, 0, 1], np.full((4, 2), 0.5)))
    assert found.macro_roc_auc == 0.5
    assert found.macro_average_precision == 0.5
