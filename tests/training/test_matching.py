from dataclasses import replace

import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.training.matching import require_match

NAMES = ["ant", "bee", "cat"]


def test_a_classifier_built_for_the_data_matches(model, data):
    require_match(model, data)


@pytest.mark.parametrize(
    ("change", "what", "of_model", "of_data"),
    [
        ({"class_names": ["x", "y", "z"]}, "class names", str(NAMES), "['x', 'y', 'z']"),
        ({"class_names": NAMES[::-1]}, "class names", str(NAMES), str(NAMES[::-1])),
        ({"image_size": (16, 24)}, "image size", "(16, 16)", "(16, 24)"),
        ({"resize": "pad"}, "resize policy", "crop", "pad"),
    ],
)
def test_a_mismatch_names_both_sides_and_the_way_out(model, data, change, what, of_model, of_data):
    with pytest.raises(ValueError, match=f"must have the same {what}") as caught:
        require_match(model, replace(data, **change))
    assert f"{of_model} in the model, {of_data} in the data" in str(caught.value)
    assert "build_classifier" in str(caught.value)


def test_the_policy_is_that_of_the_model_s_own_data(make_tiny, data):
    """Names, size and policy are read off the model, whatever it was built from."""
    padded = replace(data, resize="pad")
    model = ktl.build_classifier(make_tiny("plain"), padded)
    require_match(model, padded)
    with pytest.raises(ValueError, match="pad in the model, crop in the data"):
        require_match(model, data)


def test_there_must_be_something_to_train_on(model, data):
    empty = ktl.load_data((data.train.images(), data.train.labels), image_size=16).train
    empty.numbers = np.array([], dtype=int)
    with pytest.raises(ValueError, match="`data` must have training images"):
        require_match(model, replace(data, train=empty))


def test_a_model_without_class_names_is_told_how_to_get_them(make_tiny, data):
    with pytest.raises(ValueError, match="Put a head on it"):
        require_match(make_tiny("plain"), data)
