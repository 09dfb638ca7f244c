import numpy as np
import pytest

from keras_tl.caching.options import never_stored
from keras_tl.data.augmenting.mixing import Mixing
from keras_tl.data.augmenting.strengths import Augmentation
from keras_tl.data.pictures import ArrayPictures
from keras_tl.data.split import Split


@pytest.fixture
def make_split():
    def make(**options):
        pictures = ArrayPictures(np.zeros((4, 8, 8, 3), "float32"), (8, 8), "crop")
        rows = np.arange(4)
        return Split(pictures, rows, rows % 2, ["a", "b"], batch_size=2, **options)

    return make


def test_images_that_come_back_can_be_stored(make_split):
    varied = make_split(augment=Augmentation("light"))
    assert never_stored(make_split()) == never_stored(varied.with_views(3)) == ""


def test_new_images_each_epoch_cannot(make_split):
    mixed = make_split(mixing=Mixing("mixup"))
    both = make_split(augment=Augmentation("light"), views=3, mixing=Mixing("cutmix"))
    assert "`views=5`" in never_stored(make_split(augment=Augmentation("light")))
    for one in (mixed, both):
        assert never_stored(one) == "mixing makes new images each epoch"
    assert never_stored(mixed.in_order()) == ""
