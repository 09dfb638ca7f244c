import keras
import pytest

import keras_tl as ktl
from keras_tl.serving.formats import FORMATS
from keras_tl.serving.proving.allowance import Allowance, allowance_for


def computing_in(policy, *, inside=False):
    images = keras.Input((8, 8, 3))
    layer = keras.layers.Conv2D(4, 3, dtype=policy)
    body = keras.Sequential([layer]) if inside else layer
    return ktl.build_classifier(keras.Model(images, body(images)), ["ant", "bee"])


@pytest.mark.parametrize("inside", [False, True])
@pytest.mark.parametrize(
    ("policy", "saved_model", "onnx"),
    [("float32", 1e-4, 1e-3), ("mixed_float16", 5e-3, 2e-2), ("mixed_bfloat16", 5e-2, 1e-1)],
)
def test_what_rounding_explains_follows_the_lowest_precision(policy, saved_model, onnx, inside):
    model = computing_in(policy, inside=inside)
    found = allowance_for(FORMATS["saved_model"], model)
    assert (found.tolerance, found.to_itself) == (saved_model, saved_model)
    found = allowance_for(FORMATS["onnx"], model)
    assert (found.tolerance, found.to_itself) == (onnx, 1e-4)


def test_precisions_of_a_format_allow_their_own(make_model):
    row, model = FORMATS["litert"], make_model()
    assert allowance_for(row, model, "float32") == Allowance(tolerance=1e-4)
    assert allowance_for(row, model, "float16") == Allowance(tolerance=1e-2)
    for quantised in ("dynamic", "int8"):
        found = allowance_for(row, model, quantised, largest_drop=0.3, tolerance=1.0)
        assert found == Allowance(largest_drop=0.3)


def test_a_tolerance_that_is_asked_for_counts(make_model):
    found = allowance_for(FORMATS["saved_model"], make_model(), tolerance=1e-6)
    assert found == Allowance(tolerance=1e-6, to_itself=1e-6)
    found = allowance_for(FORMATS["litert"], make_model(), tolerance=1e-6)
    assert found == Allowance(tolerance=1e-6, to_itself=1e-4)
