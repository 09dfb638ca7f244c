import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.serving.proving.agreement import (
    require_same_classes,
    require_same_labels,
    require_same_probabilities,
)

EXPECTED = np.array([[0.7, 0.2, 0.1], [0.40001, 0.4, 0.19999]])


def test_class_names_agree_in_their_order(make_model):
    require_same_classes(["ant", "bee", "cat"], make_model())
    with pytest.raises(
        ktl.ExportError, match=r"\['bee', 'ant', 'cat'\], not \['ant', 'bee', 'cat'"
    ):
        require_same_classes(["bee", "ant", "cat"], make_model())


def test_the_largest_difference_is_returned_or_refused():
    found = EXPECTED + np.array([[0, 0, 0], [0, -2e-5, 0]])
    assert require_same_probabilities(found, EXPECTED, 1e-4) == pytest.approx(2e-5)
    with pytest.raises(ktl.ExportError, match=r"differ by 2e-05 \(allowed 1e-05\).*picture 1 of 2"):
        require_same_probabilities(found, EXPECTED, 1e-5)
    with pytest.raises(ktl.ExportError, match="differ by nan"):
        require_same_probabilities(EXPECTED * np.nan, EXPECTED, 1e-4)


def test_a_label_may_differ_by_rounding_alone(make_model):
    model = make_model()
    require_same_labels(np.array(["ant", "bee"]), EXPECTED, model, 1e-4)
    for labels in (["bee", "ant"], ["ant", "cat"]):
        with pytest.raises(ktl.ExportError, match="other labels than the model"):
            require_same_labels(np.array(labels), EXPECTED, model, 1e-4)


def test_a_selection_may_differ_by_rounding_alone(make_model):
    model = make_model(multi_label=True)
    expected = np.array([[0.9, 0.1, 0.499999]])
    require_same_labels(np.array([[True, False, True]]), expected, model, 1e-4)
    with pytest.raises(ktl.ExportError, match="other labels than the model"):
        require_same_labels(np.array([[True, True, True]]), expected, model, 1e-4)
