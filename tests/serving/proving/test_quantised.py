import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.serving.proving.quantised import require_small_drop
from keras_tl.serving.proving.reference import Reference


def one_hot(numbers):
    return np.eye(3, dtype="float32")[numbers]


def expected(numbers, labels=None):
    return Reference(None, one_hot(numbers), labels)


MODEL = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]


def test_without_labels_it_is_the_share_of_other_labels(make_model):
    found = one_hot([1, *MODEL[1:]])
    assert require_small_drop(found, expected(MODEL), make_model(), 0.1) == pytest.approx(0.1)
    with pytest.raises(ktl.ExportError, match=r"other labels .*10\.0% of 10 .*\(allowed 5\.0%\)"):
        require_small_drop(found, expected(MODEL), make_model(), 0.05)


def test_with_labels_it_is_the_accuracy_that_is_lost(make_model):
    truth = np.array(MODEL)
    truth[:2] = [2, 2]
    better = one_hot([2, *MODEL[1:]])
    assert require_small_drop(better, expected(MODEL, truth), make_model(), 0.0) < 0
    worse = one_hot([*MODEL[:8], 0, 1])
    assert require_small_drop(worse, expected(MODEL, truth), make_model(), 0.2) == pytest.approx(
        0.2
    )
    with pytest.raises(ktl.ExportError, match=r"fewer right labels by 20\.0% of 10 pictures"):
        require_small_drop(worse, expected(MODEL, truth), make_model(), 0.1)


def test_of_several_labels_each_counts(make_model):
    model = make_model(multi_label=True)
    found = one_hot(MODEL)
    found[0] = 1
    drop = require_small_drop(found, expected(MODEL), model, 0.1)
    assert drop == pytest.approx(2 / 30)
    with pytest.raises(ktl.ExportError, match="other labels"):
        require_small_drop(found, expected(MODEL), model, 0.05)


def test_what_is_not_a_number_is_refused(make_model):
    found = one_hot(MODEL)
    found[3, 1] = np.nan
    with pytest.raises(ktl.ExportError, match="not numbers"):
        require_small_drop(found, expected(MODEL), make_model(), 1.0)
