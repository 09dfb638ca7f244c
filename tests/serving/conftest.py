import keras
import numpy as np
import pytest
from PIL import Image

import keras_tl as ktl

NAMES = ["ant", "bee", "cat"]


@pytest.fixture
def make_model():
    """A small classifier with random weights on a backbone of our own."""

    def make(names=NAMES, image_size=16, seed=0, **options):
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
    return ktl.load_data(arrays, image_size=16, class_names=NAMES, batch_size=8)


@pytest.fixture
def files(tmp_path, arrays):
    """The first pictures of the arrays as PNG files."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, image in enumerate(arrays[0][:5]):
        Image.fromarray(image).save(folder / f"{number}.png")
    return sorted(folder.iterdir())
