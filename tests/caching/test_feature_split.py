import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.caching.feature_split import FeatureSplit
from keras_tl.data.augmenting.mixing import Mixing


class Numbers:
    """Features that are the number of their row."""

    def read(self, rows):
        return [np.asarray(rows, "float32")[:, None]]


@pytest.fixture
def split(arrays):
    options = {"image_size": 16, "augment": "light", "balance": "oversample", "batch_size": 8}
    data = ktl.load_data(arrays, class_names=["ant", "bee", "cat"], **options)
    return data.train.with_views(3)


def test_batches_are_features_in_the_order_of_the_split(split):
    features = FeatureSplit(split, Numbers())
    for epoch in (0, 1, 4):
        split.epoch = features.epoch = epoch
        for number in range(len(split)):
            rows = features[number][0][:, 0].astype(int)
            assert set(rows // split.size) == {split.view}
            np.testing.assert_array_equal(features[number][1], split[number][1])
            np.testing.assert_array_equal(split.labels[rows % split.size], split[number][1])


def test_whatever_a_split_is_the_split_of_its_features_is(split):
    split.mixing = Mixing("mixup")
    split.on_epoch_end()
    features = FeatureSplit(split, Numbers())
    assert all(vars(features)[name] is value for name, value in vars(split).items())
    assert features.has_soft_labels
