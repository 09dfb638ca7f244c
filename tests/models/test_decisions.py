"""From probabilities to a decision, with ties and with several classes that hold."""

import numpy as np
import pytest

from keras_tl.models.decisions import THRESHOLD, decide, labels_of

NAMES = ["ant", "bee", "cat"]
BELOW = np.nextafter(np.float32(THRESHOLD), np.float32(0))
PROBABILITIES = np.array([[0.2, 0.7, 0.1], [0.5, 0.5, 0.0], [0.1, 0.2, BELOW]], "float32")


def test_the_most_probable_class_is_decided_and_of_equals_the_first():
    assert decide(PROBABILITIES, multi_label=False).tolist() == [1, 0, 2]
    assert labels_of(NAMES, PROBABILITIES, multi_label=False) == ["bee", "ant", "cat"]


def test_of_several_each_holds_from_a_half_on():
    decided = decide(PROBABILITIES, multi_label=True)
    assert decided.tolist() == [[0, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert decided.dtype.kind == "i"
    assert labels_of(NAMES, PROBABILITIES, multi_label=True) == [("bee",), ("ant", "bee"), ()]


@pytest.mark.parametrize("multi_label", [False, True])
def test_without_examples_nothing_is_decided(multi_label):
    assert labels_of(NAMES, np.zeros((0, 3)), multi_label=multi_label) == []
