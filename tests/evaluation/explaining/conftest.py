import keras
import numpy as np
import pytest
from keras import layers

CHANNELS, CLASSES = 5, 3


@pytest.fixture
def images():
    """Four random pictures."""
    return np.random.default_rng(2).integers(0, 256, (4, 16, 16, 3)).astype("float32")


@pytest.fixture
def make_pooled():
    """A network of NumPy's size: means of 4 x 4 pixels, a 1 x 1 kernel, and a head.

    `ends` are layers or functions that make the output from the map `(batch, 4, 4, channels)`.
    """

    def make(*ends, seed=0, activation="relu"):
        keras.utils.set_random_seed(seed)
        pictures = keras.Input((16, 16, 3))
        x = layers.AveragePooling2D(4)(layers.Rescaling(1 / 255)(pictures))
        x = layers.Conv2D(CHANNELS, 1, activation=activation, name="map")(x)
        for end in ends or (layers.GlobalAveragePooling2D(), layers.Dense(CLASSES, "softmax")):
            x = end(x)
        return keras.Model(pictures, x)

    return make


@pytest.fixture
def map_of():
    """Returns the map of a pooled network, in NumPy."""

    def compute(model, images):
        kernel, bias = model.get_layer("map").get_weights()
        means = images.reshape(len(images), 4, 4, 4, 4, 3).mean(axis=(2, 4)) / 255
        return np.maximum(means @ kernel[0, 0] + bias, 0.0)

    return compute


@pytest.fixture
def enlarge():
    """Returns bilinear enlargement in NumPy: pixels have centres, borders go on."""

    def along(values, axis, length):
        places = (np.arange(length) + 0.5) * values.shape[axis] / length - 0.5
        whole = np.arange(values.shape[axis])
        return np.apply_along_axis(lambda row: np.interp(places, whole, row), axis, values)

    return lambda maps, size: along(along(maps, 1, size), 2, size)
