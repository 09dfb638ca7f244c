import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.structure.inference_only import InferenceOnly


def test_frozen_layer_with_noise_inside_is_called_in_inference_mode(tmp_path):
    inputs = keras.Input((4, 6))
    x = keras.layers.MultiHeadAttention(2, 3, dropout=0.9)(inputs, inputs)
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.GlobalAveragePooling1D()(x)))
    frozen = ktl.freeze(model, -1)
    tokens = np.random.default_rng(0).normal(size=(3, 4, 6)).astype("float32")
    np.testing.assert_array_equal(frozen(tokens, training=True), model(tokens, training=False))
    assert any(isinstance(layer, InferenceOnly) for layer in frozen.layers)
    frozen.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(tokens, training=True), model(tokens, training=False))


def test_keras_overrides_training_false_in_a_graph():
    """The trap that the visitors exist for; when a new Keras mends it, `doctor` says so."""
    norm = keras.layers.BatchNormalization()
    inputs = keras.Input((2,))
    model = keras.Model(inputs, norm(inputs, training=False))
    model(np.full((4, 2), 5.0, "float32"), training=True)
    is_overridden = bool((keras.ops.convert_to_numpy(norm.moving_mean.value) != 0).all())
    assert is_overridden == (tuple(map(int, keras.__version__.split(".")[:2])) < (3, 16))


class Halve(keras.layers.Layer):
    """Takes `training` and has no weights, but is no noise."""

    def call(self, x, training=None):
        return x / 2


@pytest.mark.parametrize(
    "layer",
    [
        lambda: keras.layers.Pipeline([keras.layers.Rescaling(1 / 255), keras.layers.RandomFlip()]),
        Halve,
    ],
)
def test_layers_that_are_more_than_noise_are_kept(layer, pictures):
    images, _ = pictures
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(4, 3)(layer()(inputs))
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.GlobalMaxPooling2D()(x)))
    frozen = ktl.freeze(model, -1)
    expected = model(images, training=False)
    for training in (False, True):
        np.testing.assert_allclose(frozen(images, training=training), expected, rtol=1e-5)
