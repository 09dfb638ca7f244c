import inspect
import json

import pytest

import keras_tl as ktl
from keras_tl.data.augmenting.strengths import Augmentation
from keras_tl.data.preparation import Preparation

GIVEN = {
    "image_size": (8, 12),
    "validation": 0.2,
    "test": 0.1,
    "split": "hashed",
    "group": None,
    "labels_per_class": 3,
    "batch_size": 4,
    "resize": "pad",
    "background": (1, 2, 3),
    "augmentation": Augmentation("light", flip=False),
    "mix": "mixup",
    "balance": "focal",
    "seed": 7,
}


def test_it_is_said_in_the_arguments_of_load_data():
    said = Preparation(**GIVEN).to_dict()
    assert json.loads(json.dumps(said)) == said
    assert said.keys() <= inspect.signature(ktl.load_data).parameters.keys()
    assert (said["image_size"], said["background"]) == ([8, 12], [1, 2, 3])
    assert (said["augment"], said["flip"]) == ("light", False)
    same = ("validation", "test", "split", "labels_per_class", "batch_size", "mix", "seed")
    assert all(said[name] == GIVEN[name] for name in same)


@pytest.mark.parametrize(
    "choice", [{"balance": "focus"}, {"mix": "cutmixx"}, {"resize": "cut"}, {"split": "random"}]
)
def test_what_cannot_be_is_named(choice):
    with pytest.raises(ValueError, match=f"`{next(iter(choice))}` must be one of"):
        Preparation(**{**GIVEN, **choice})
