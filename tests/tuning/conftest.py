import keras
import numpy as np
import pytest
from keras import layers

import keras_tl as ktl
from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.tuning.space import SearchSpace
from keras_tl.tuning.study import study_of_backbones

NAMES = ["ant", "bee", "cat"]


def make_data(images=60, batch_size=8):
    """Pictures whose class is their brightest channel, not all of them clearly."""
    generator = np.random.default_rng(0)
    labels = np.arange(images) % 3
    pictures = generator.uniform(0, 200, (images, 16, 16, 3))
    pictures[np.arange(images), :, :, labels] += 25
    return ktl.load_data(
        (pictures, labels), image_size=16, batch_size=batch_size, class_names=NAMES
    )


def small_backbone(width=4, name="small"):
    """Three stages with BatchNorm and dropout, moments moved away from 0 and 1."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((16, 16, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    for stage in range(3):
        x = layers.Conv2D(width * 2**stage, 3, strides=2, padding="same", use_bias=False)(x)
        x = layers.Dropout(0.1)(layers.ReLU()(layers.BatchNormalization()(x)))
    model = keras.Model(inputs, x, name=name)
    generator = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.moving_mean.assign(generator.normal(0, 0.1, layer.moving_mean.shape))
    return model


@pytest.fixture(scope="session")
def data():
    return make_data()


@pytest.fixture
def make_backbone():
    return small_backbone


@pytest.fixture
def model(make_backbone):
    return ktl.build_classifier(make_backbone(), NAMES)


@pytest.fixture
def make_study(data, tmp_path):
    """A study of the small backbone in a directory of its own."""

    def make(space=None, backbones=None, **how):
        options = {"pooling": "avg", "weights": None, "backbone_options": None}
        return study_of_backbones(
            how.pop("data", data),
            backbones or {"small": small_backbone()},
            SearchSpace.of(space),
            tmp_path,
            FeatureCache(tmp_path / "cache"),
            build=options,
            **{"granularity": "stage", "seed": 0, "epochs": 2, "trials": 4, **how},
        )

    return make


@pytest.fixture
def values():
    """The values of a trial, as KerasTuner hands them out."""
    return {
        "backbone": "small",
        "boundary (small)": "end",
        "head": "linear",
        "head_rate": 0.01,
        "backbone_rate": 0.001,
        "trainable_stages (small)": 1,
    }
