"""Streams of batches for TensorFlow."""

import numpy as np
import pytest
import tensorflow as tf

import keras_tl as ktl
from keras_tl.caching.feature_split import FeatureSplit
from keras_tl.data.stream import streamed


@pytest.fixture
def split():
    pictures = np.random.default_rng(0).integers(0, 256, (10, 8, 8, 3)).astype("uint8")
    labels = np.arange(10) % 2
    options = {"image_size": 8, "validation": 0.0, "test": 0.0, "batch_size": 4}
    return ktl.load_data((pictures, labels), class_names=["ant", "bee"], **options).train


def same(streams, batches):
    pairs = list(zip(streams, batches, strict=True))
    return all(
        np.array_equal(a, b) for one, other in pairs for a, b in zip(one, other, strict=True)
    )


def test_each_epoch_is_that_of_the_split(split):
    stream = streamed(split)
    firsts = []
    for epoch in (0, 1, 0):
        split.epoch = epoch
        expected = [split[number] for number in range(len(split))]
        assert same(stream.as_numpy_iterator(), expected)
        firsts.append(expected[0][0])
    assert not np.array_equal(firsts[0], firsts[1])
    assert split.epoch == 0


def test_the_last_batch_may_be_smaller_and_their_number_is_known(split):
    stream = streamed(split)
    assert int(stream.cardinality()) == len(split) == 3
    assert [len(labels) for _, labels in stream] == [4, 4, 2]


def test_no_thread_tunes_the_stream(split):
    assert streamed(split).options().autotune.enabled is False


class TwoTensors:
    """Stored features of a boundary that is a pair."""

    def read(self, rows):
        return [np.zeros((len(rows), 4)), np.ones((len(rows), 2, 3), "float16")]


def test_pairs_of_features_keep_their_form(split):
    (one, other), labels = next(iter(streamed(FeatureSplit(split, TwoTensors()))))
    assert (one.shape, one.dtype) == ((4, 4), tf.float64)
    assert (other.shape, other.dtype) == ((4, 2, 3), tf.float16)
    assert labels.shape == (4,)


def test_what_is_no_split_is_given_back(split, monkeypatch):
    dataset = tf.data.Dataset.from_tensors((np.zeros((1, 8, 8, 3)), np.zeros(1)))
    assert streamed(dataset) is dataset
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    assert streamed(split) is split
