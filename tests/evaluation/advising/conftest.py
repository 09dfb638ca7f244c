import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.evaluation.advising.facts import Facts

NAMES = ["ant", "bee", "cat"]


def coloured(images, seed=0, size=16, strength=60):
    """Noise whose class is its colour; the number of images is divided among three."""
    generator = np.random.default_rng(seed)
    labels = np.arange(images) % 3
    levels = generator.normal(110, 40, (images, size, size, 3))
    levels[np.arange(images), :, :, labels] += strength
    return np.clip(levels, 0, 255).astype("uint8"), labels


def small(name, width=8):
    """A backbone of two convolutions with random weights."""
    images = keras.Input((16, 16, 3))
    features = keras.layers.Rescaling(1 / 127.5, -1.0)(images)
    for _ in range(2):
        features = keras.layers.Conv2D(width, 3, strides=2, activation="relu")(features)
    return keras.Model(images, features, name=name)


@pytest.fixture(scope="session")
def make_coloured():
    return lambda images, **options: ktl.load_data(
        coloured(images, **options), image_size=16, class_names=NAMES, validation=0.1, test=0.5
    )


@pytest.fixture(scope="session")
def make_small():
    return small


ORDINARY = {
    "counts": (100,) * 5,
    "validation_images": 150,
    "test_images": 2000,
    "side": 224,
    "picture_side": None,
    "batch_size": 32,
    "backbone": "ResNet50",
    "weights": "imagenet",
    "boundary": "stage5",
    "saved": 0.0,
    "pooling": None,
    "native_side": 224,
    "stride": 32,
    "batch_norms": 53,
    "by": "knn",
    "score": 0.9,
    "last_score": 0.9,
    "others": (),
    "random_score": 0.4,
    "pixel_score": 0.3,
    "scored_images": 500,
    "probe": 0.9,
    "missing": (),
}


@pytest.fixture(scope="session")
def make_facts():
    """Facts of ResNet50 with ImageNet weights on five classes of a hundred pictures each."""
    return lambda **changes: Facts(**{**ORDINARY, **changes})
