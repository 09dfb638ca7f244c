import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.serving import file_proof
from keras_tl.serving.file_proof import Allowance, prove_file
from keras_tl.serving.reference import reference

CLOSE = Allowance(tolerance=1e-4)


@pytest.fixture
def prove(make_model, photo_files, monkeypatch):
    """Proves what stands in for a file, which can be wrong in one thing only."""

    def run(allowance=CLOSE, change=None, multi_label=False):
        model = make_model(multi_label=multi_label)
        expected = reference(model, photo_files)
        served = {
            "alone": expected.probabilities[:1].copy(),
            "probabilities": expected.probabilities.copy(),
            "class_names": np.array(ktl.class_names(model)),
        }
        if change:
            change(served)
        monkeypatch.setattr(file_proof, "_run", lambda *_: served)
        prove_file("onnx", None, model, expected, allowance)

    return run


@pytest.mark.parametrize("multi_label", [False, True])
def test_a_right_file_is_proven(prove, multi_label):
    prove(multi_label=multi_label)
    prove(Allowance(largest_drop=0.0), multi_label=multi_label)


def test_a_picture_alone_must_get_what_it_gets_among_others(prove):
    def change(served):
        served["alone"] += 1e-3

    with pytest.raises(ktl.ExportError, match=r"alone other probabilities than among others"):
        prove(change=change)


@pytest.mark.parametrize("wrong", [2e-4, np.nan])
def test_other_probabilities_are_refused(prove, wrong):
    def change(served):
        served["probabilities"][3, 1] += wrong

    with pytest.raises(ktl.ExportError, match="other probabilities than the model"):
        prove(change=change)


@pytest.mark.parametrize("allowance", [CLOSE, Allowance(largest_drop=1.0)])
def test_other_class_names_are_refused_whatever_is_allowed(prove, allowance):
    def change(served):
        served["class_names"] = served["class_names"][::-1]

    with pytest.raises(ktl.ExportError, match="other class names"):
        prove(allowance, change=change)


def test_a_quantised_file_may_have_other_probabilities_but_not_labels(prove):
    def change(served):
        served["probabilities"] *= 0.9
        served["alone"] *= 0.9

    prove(Allowance(largest_drop=0.0), change=change)

    def worse(served):
        served["probabilities"] = 1 - served["probabilities"]
        served["alone"] = served["probabilities"][:1]

    with pytest.raises(ktl.ExportError, match="other labels than the model for"):
        prove(Allowance(largest_drop=0.1), change=worse)
