import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.serving.proving.allowance import Allowance
from keras_tl.serving.proving.gate import pass_gate
from keras_tl.serving.proving.reference import Reference

NAMES = np.array(["ant", "bee", "cat"])
FOUND = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.3, 0.3, 0.4]], "float32")
BAD = np.array([False, True, True, False])


def outputs(found, is_bad=None):
    is_bad = np.zeros(len(found), bool) if is_bad is None else is_bad
    return {
        "probabilities": np.where(is_bad[:, None], np.nan, found),
        "classes": np.tile(NAMES, (len(found), 1)),
        "label": np.where(is_bad, "", NAMES[found.argmax(axis=1)]),
        "score": np.where(is_bad, np.nan, found.max(axis=1)),
        "selected": (found >= 0.5) & ~is_bad[:, None],
    }


def answers(multi_label=False, **changed):
    """What a right export gives, but for what is changed."""
    groups = {
        "all": outputs(FOUND),
        "again": outputs(FOUND),
        "alone": outputs(FOUND[:2]),
        "bad": outputs(FOUND[[0, 0, 0, 2]], BAD),
        **changed,
    }
    left_out = {"label", "score"} if multi_label else {"selected"}
    return {
        group: {name: value for name, value in given.items() if name not in left_out}
        for group, given in groups.items()
    }


CLOSE = Allowance(tolerance=1e-4)


def gate(served, model, bad_images="nan", *, allowance=CLOSE, expected=FOUND, labels=None):
    return pass_gate(served, Reference(None, expected, labels), model, allowance, bad_images)


@pytest.mark.parametrize("multi_label", [False, True])
def test_what_is_right_passes(make_model, multi_label):
    proof = gate(answers(multi_label), make_model(multi_label=multi_label))
    assert proof.examples == 3
    assert proof.label_agreement == 1
    assert proof.largest_difference == proof.batch_difference == proof.repeat_difference == 0
    assert proof.bad_images == "nan"


@pytest.mark.parametrize(
    ("group", "when"), [("alone", "alone as in a batch of others"), ("again", "asked again")]
)
@pytest.mark.parametrize("difference", [2e-4, np.nan])
def test_an_export_that_differs_from_itself_is_refused(make_model, group, when, difference):
    changed = FOUND[:2] + np.float32([[0, 0, 0], [0, difference, 0]])
    with pytest.raises(ktl.ExportError, match=rf"does not give the same answer.*{when}"):
        gate(answers(**{group: outputs(changed)}), make_model())
    fine = FOUND[:2] + np.float32([[0, 0, 0], [0, 5e-5, 0]])
    proof = gate(answers(**{group: outputs(fine)}), make_model())
    differences = {"alone": proof.batch_difference, "again": proof.repeat_difference}
    assert differences[group] == pytest.approx(5e-5, rel=0.01)


def test_ties_may_go_either_way_and_are_counted(make_model):
    served = answers()
    served["all"]["label"][2] = "cat"
    tied = FOUND.copy()
    tied[2] = [0.40001, 0.2, 0.39999]
    served["all"]["probabilities"] = served["again"]["probabilities"] = tied
    served["bad"]["probabilities"][3] = tied[2]
    proof = gate(served, make_model(), expected=tied)
    assert proof.label_agreement == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("name", "value"), [("label", "ant"), ("score", 0.5), ("probabilities", 0.5)]
)
def test_a_bad_picture_that_is_answered_is_refused(make_model, name, value):
    served = answers()
    served["bad"][name][1] = value
    with pytest.raises(ktl.ExportError, match="cost more, or less, than their own row"):
        gate(served, make_model())


def test_a_bad_picture_that_is_selected_is_refused(make_model):
    served = answers(multi_label=True)
    served["bad"]["selected"][2, 0] = True
    with pytest.raises(ktl.ExportError, match="cost more, or less, than their own row"):
        gate(served, make_model(multi_label=True))


def test_a_bad_picture_that_costs_its_neighbour_is_refused(make_model):
    for row in (0, 3):
        served = answers()
        served["bad"]["probabilities"][row] = np.nan
        with pytest.raises(ktl.ExportError, match="cost more, or less, than their own row"):
            gate(served, make_model())


def test_an_error_must_be_what_was_chosen(make_model):
    error = {"error": np.array("InvalidArgumentError")}
    assert gate(answers(bad=error), make_model(), "raise").bad_images == "raise"
    with pytest.raises(ktl.ExportError, match=r"should do 'nan'\. Found: InvalidArgumentError"):
        gate(answers(bad=error), make_model())
    with pytest.raises(ktl.ExportError, match=r"should do 'raise'\. Found: an answer"):
        gate(answers(), make_model(), "raise")


def test_a_file_knows_nothing_of_bad_pictures(make_model):
    served = answers()
    del served["bad"]
    proof = gate(served, make_model(), None)
    assert proof.bad_images is None
    assert "no picture" not in str(proof)


@pytest.mark.parametrize("allowance", [CLOSE, Allowance(largest_drop=1.0)])
def test_other_class_names_are_refused_whatever_is_allowed(make_model, allowance):
    served = answers()
    served["all"]["classes"] = served["all"]["classes"][:, ::-1]
    with pytest.raises(ktl.ExportError, match="other class names"):
        gate(served, make_model(), allowance=allowance)


def test_a_quantised_export_may_have_other_probabilities_but_not_labels(make_model):
    quantised = answers(all=outputs(FOUND * 0.9), again=outputs(FOUND * 0.9),
                        alone=outputs(FOUND[:1] * 0.9))  # fmt: skip
    proof = gate(quantised, make_model(), None, allowance=Allowance(largest_drop=0.0))
    assert (proof.drop, proof.largest_drop, proof.tolerance) == (0, 0, None)
    assert proof.largest_difference == pytest.approx(0.07)
    wrong = answers(**{group: outputs(1 - FOUND) for group in ("all", "again", "alone")})
    with pytest.raises(ktl.ExportError, match="other labels than the model for"):
        gate(wrong, make_model(), None, allowance=Allowance(largest_drop=0.1))


def test_accuracy_before_and_after_is_that_of_labels(make_model):
    truth = np.array([0, 1, 0])
    expected = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.5, 0.1, 0.4]])
    proof = gate(
        answers(), make_model(), None,
        allowance=Allowance(largest_drop=0.5), expected=expected, labels=truth,
    )  # fmt: skip
    assert proof.model_accuracy == 1
    assert proof.accuracy == pytest.approx(2 / 3)
    assert proof.drop == pytest.approx(1 / 3)
    assert proof.label_agreement == pytest.approx(2 / 3)


def test_without_labels_there_is_no_accuracy(make_model):
    proof = gate(answers(), make_model())
    assert proof.accuracy is proof.model_accuracy is None
