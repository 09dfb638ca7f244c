import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.data.augmented import augmented


def test_only_the_views_of_training_are_others(data):
    varied = augmented(data, "strong", flip=False)
    loaded = ktl.load_data(
        (data.train.pictures.images, np.arange(60) % 3),
        **{"image_size": 16, "class_names": data.class_names, "batch_size": 8},
        **{"augment": "strong", "flip": False},
    )
    assert varied.settings == loaded.settings
    assert varied.fingerprint == loaded.fingerprint == data.fingerprint
    for one, other in zip(varied.train[0], loaded.train[0], strict=True):
        np.testing.assert_array_equal(one, other)
    assert varied.validation is data.validation
    assert varied.test is data.test


def test_views_are_as_many_as_are_asked_for(data):
    assert augmented(data, "light").train.views is None
    assert augmented(data, "light", views=3).train.views == 3
    assert augmented(data, "none", views=3).train.augment is None


@pytest.mark.parametrize("source", ["digits", "digits-photo"])
def test_digits_are_still_not_mirrored(source):
    digits = ktl.load_data(source, image_size=8, labels_per_class=2)
    assert not augmented(digits, "light").train.augment.flip
    with pytest.raises(ValueError, match="`flip` must not be True"):
        augmented(digits, "light", flip=True)
