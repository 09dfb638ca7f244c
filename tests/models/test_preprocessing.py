import keras
import numpy as np
import pytest

from keras_tl.models.backbones import BACKBONES
from keras_tl.models.preprocessing import Preprocessing

FAMILIES = sorted({row.family for row in BACKBONES.values()})

# What a grey of 100, 150, 200 in red, green, blue becomes, computed by hand from the papers' code.
BY_HAND = {
    "resnet": [200 - 103.939, 150 - 116.779, 100 - 123.68],
    "resnet_v2": [100 / 127.5 - 1, 150 / 127.5 - 1, 200 / 127.5 - 1],
    "densenet": [
        (100 / 255 - 0.485) / 0.229,
        (150 / 255 - 0.456) / 0.224,
        (200 / 255 - 0.406) / 0.225,
    ],
    "efficientnet": [100, 150, 200],
}


def images():
    return np.random.default_rng(0).uniform(0, 255, (2, 4, 4, 3)).astype("float32")


@pytest.mark.parametrize("family", FAMILIES)
def test_layer_is_keras_preprocess_input(family):
    expected = getattr(keras.applications, family).preprocess_input(images())
    np.testing.assert_allclose(Preprocessing(family)(images()), expected, rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("family", BY_HAND)
def test_golden_values(family):
    colour = np.full((1, 1, 1, 3), [100.0, 150.0, 200.0], "float32")
    found = np.ravel(Preprocessing(family)(colour))
    np.testing.assert_allclose(found, BY_HAND[family], rtol=1e-5)


@pytest.mark.parametrize("family", ["convnext", "efficientnet", "efficientnet_v2", "mobilenet_v3"])
def test_families_that_normalise_inside_are_left_alone(family):
    np.testing.assert_array_equal(Preprocessing(family)(images()), images())


def test_no_family_is_the_identity():
    np.testing.assert_array_equal(Preprocessing()(images()), images())


def test_config_is_the_constructors_arguments():
    layer = Preprocessing("resnet", "pad", name="first")
    again = Preprocessing.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()


def test_it_computes_in_float32_under_a_mixed_policy():
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        assert Preprocessing("resnet")(images()).dtype == "float32"
    finally:
        keras.mixed_precision.set_global_policy("float32")


def test_unknown_resize_policy():
    with pytest.raises(ValueError, match="`resize` must be one of 'crop', 'pad', 'stretch'"):
        Preprocessing("resnet", "squash")
