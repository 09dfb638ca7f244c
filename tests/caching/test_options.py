import numpy as np
import pytest

from keras_tl.caching.options import never_stored
from keras_tl.data.augmenting.mixing import Mixing
from keras_tl.data.augmenting.strengths import Augmentation
from keras_tl.data.pictures import ArrayPictures
from keras_tl.data.split import Split


@pytest.fixture
def split():
    images = np.zeros((4, 8, 8, 3), "float32")
    rows = np.arange(4)
    return Split(ArrayPictures(images, (8, 8), "crop"), rows, rows % 2, ["a", "b"], batch_size=2)


def test_images_that_come_back_can_be_stored(split):
    varied = split.with_augmentation(Augmentation("light"))
    assert never_stored(split) == never_stored(varied.with_views(3)) == ""


def test_new_images_each_epoch_cannot(split):
    varied = split.with_augmentation(Augmentation("light"))
    mixed = split.with_mixing(Mixing("mixup"))
    assert "`views=5`" in never_stored(varied)
    for one in (mixed, varied.with_views(3).with_mixing(Mixing("cutmix"))):
        assert never_stored(one) == "mixing makes new images each epoch"
    assert never_stored(mixed.in_order()) == ""
