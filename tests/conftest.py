"""Tiny graphs that every feature of the chain must survive, and a quiet, seeded surrounding."""

import os
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_HOME"] = tempfile.mkdtemp(prefix="keras-home-")
os.environ["COLUMNS"] = "250"  # rich fixes its width when progress.py is imported

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

import keras_tl as ktl

CLASSES = ["ant", "bee", "cat"]
SIZE = 16


def conv(x, width, **options):
    x = layers.Conv2D(width, 3, padding="same", use_bias=False, **options)(x)
    return layers.ReLU()(layers.BatchNormalization()(x))


def residual(x, width):
    inner = layers.BatchNormalization()(layers.Conv2D(width, 3, padding="same")(conv(x, width)))
    return layers.ReLU()(layers.Add()([x, layers.Dropout(0.5)(inner)]))


def plain(x):
    x = layers.MaxPooling2D()(conv(conv(x, 4), 4))
    return layers.Dropout(0.5)(layers.MaxPooling2D()(conv(x, 8)))


def with_residuals(x):
    x = residual(residual(conv(x, 4, strides=2), 4), 4)
    return residual(conv(x, 8, strides=2), 8)


def concatenating(x):
    x = conv(x, 4, strides=2)
    for _ in range(2):
        x = layers.Concatenate()([x, conv(x, 4)])
    return layers.AveragePooling2D(2)(conv(x, 6))


def pre_activation(x):
    x = layers.Conv2D(4, 3, strides=2, padding="same")(x)
    for _ in range(2):
        inner = layers.ReLU()(layers.BatchNormalization()(x))
        x = layers.Add()([x, layers.Conv2D(4, 3, padding="same")(inner)])
    return layers.ReLU()(layers.BatchNormalization()(x))


def two_tensor(x):
    older = x = conv(x, 4)
    for _ in range(4):
        both = layers.Concatenate()([conv(older, 4), conv(x, 4)])
        older, x = x, both
    return layers.Add()([conv(older, 4), conv(x, 4)])


def raw_operations(x):
    x = conv(x, 4, strides=2)
    for _ in range(2):
        x = x + keras.ops.multiply(conv(x, 4), 0.5)
    return conv(x, 6, strides=2)


def nested(x):
    inputs = keras.Input(x.shape[1:])
    body = keras.Model(inputs, with_residuals(inputs), name="body")
    augment = keras.Sequential([layers.RandomFlip(), layers.GaussianNoise(0.1)], name="augment")
    return body(augment(x))


def shared_layer(x):
    x = conv(x, 4)
    again = layers.Conv2D(4, 3, padding="same", name="again")
    noise = layers.Dropout(0.5)
    x = noise(again(layers.ReLU()(again(x))))
    return noise(conv(x, 6, strides=2))


TINY = {
    "plain": plain,
    "residual": with_residuals,
    "concatenating": concatenating,
    "pre_activation": pre_activation,
    "two_tensor": two_tensor,
    "raw_operations": raw_operations,
    "nested": nested,
    "shared_layer": shared_layer,
}


def classifier(body):
    inputs = keras.Input((SIZE, SIZE, 3))
    pooled = layers.GlobalAveragePooling2D()(body(layers.Rescaling(1 / 255)(inputs)))
    model = keras.Model(inputs, layers.Dense(len(CLASSES), activation="softmax")(pooled))
    randomise_moments(model)
    return model


def randomise_moments(model):
    """Moves BatchNorm moments away from 0 and 1, so that a mistake with them shows."""
    generator = np.random.default_rng(0)
    for layer in model._flatten_layers():
        if isinstance(layer, layers.BatchNormalization):
            shape = layer.moving_mean.shape
            layer.moving_mean.assign(generator.normal(0, 0.1, shape))
            layer.moving_variance.assign(generator.uniform(0.5, 1.5, shape))


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


@pytest.fixture(params=list(TINY))
def tiny(request):
    return classifier(TINY[request.param])


@pytest.fixture
def make_tiny():
    return lambda name: classifier(TINY[name])


@pytest.fixture
def pictures():
    """Twelve random pictures and their labels."""
    generator = np.random.default_rng(1)
    images = generator.integers(0, 256, (12, SIZE, SIZE, 3)).astype("float32")
    return images, np.arange(12) % len(CLASSES)


@pytest.fixture
def weights_of():
    """Returns a function that copies the weights of a model or of layers, by path."""
    return lambda *holders: {
        weight.path: np.array(keras.ops.convert_to_numpy(weight.value))
        for holder in holders
        for weight in holder.weights
    }


@pytest.fixture(scope="session")
def make_model():
    """A small classifier with random weights on a backbone of our own."""

    def make(names=CLASSES, image_size=16, seed=0, **options):
        keras.utils.set_random_seed(seed)
        images = keras.Input((image_size, image_size, 3))
        features = keras.layers.Rescaling(1 / 127.5, -1.0)(images)
        for width in (8, 8):
            features = keras.layers.Conv2D(width, 3, strides=2, activation="relu")(features)
        backbone = keras.Model(images, features, name="small")
        return ktl.build_classifier(backbone, names, **{"pooling": "flatten", **options})

    return make


@pytest.fixture
def arrays():
    """Images whose class is their colour, with noise, and their numbers."""
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 3
    images = generator.normal(110, 40, (60, 16, 16, 3))
    images[np.arange(60), :, :, labels] += 60
    return np.clip(images, 0, 255).astype("uint8"), labels


@pytest.fixture
def data(arrays):
    return ktl.load_data(arrays, image_size=16, class_names=CLASSES, batch_size=8)


@pytest.fixture
def files(tmp_path, arrays):
    """The first pictures of the arrays as PNG files."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, image in enumerate(arrays[0][:5]):
        Image.fromarray(image).save(folder / f"{number}.png")
    return sorted(folder.iterdir())
