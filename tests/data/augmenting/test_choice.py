import json

import keras
import pytest

from keras_tl.data.augmenting.choice import NAMED, augmentation_settings, find_augmentation
from keras_tl.data.augmenting.layers import LayerAugmentation
from keras_tl.data.augmenting.strengths import AUGMENTATIONS, Augmentation


def flips():
    return [keras.layers.RandomFlip("horizontal")]


def turns():
    return [keras.layers.RandomRotation(0.05)]


def test_every_strength_and_rand_have_names():
    assert list(NAMED) == [*AUGMENTATIONS, "rand"]
    for name in NAMED:
        found = find_augmentation(name, flip=False, seed=3)
        if name == "none":
            assert found is None
        else:
            assert (found.flip, found.seed) == (False, 3)
            assert found.to_dict()["strength"] == name
    assert find_augmentation("medium", seed=3) == Augmentation("medium", True, 3)


def test_flip_is_the_usual_one_unless_it_is_said():
    for name in ("light", "rand"):
        assert find_augmentation(name).flip
        assert find_augmentation(name, source="my/digits").flip
        assert not find_augmentation(name, source="digits").flip
        assert not find_augmentation(name, flip=False).flip


def test_layers_say_themselves_what_they_mirror():
    assert isinstance(find_augmentation(flips()), LayerAugmentation)
    assert find_augmentation(flips(), flip=True).flip
    assert not find_augmentation(turns()).flip
    assert not find_augmentation(turns(), source="digits").flip


@pytest.mark.parametrize("options", [{"flip": False}, {"source": "digits"}])
def test_layers_that_mirror_need_leave(options):
    with pytest.raises(ValueError, match=r"RandomFlip .*which mirrors"):
        find_augmentation(flips(), **options)


def test_digits_are_not_mirrored():
    with pytest.raises(ValueError, match="`flip` must not be True with 'digits-photo'"):
        find_augmentation("light", source="digits-photo", flip=True)


@pytest.mark.parametrize("augment", ["none", turns()])
def test_a_flip_without_what_mirrors_is_refused(augment):
    with pytest.raises(ValueError, match=r"`flip` needs an augmentation.*`augment='light'`"):
        find_augmentation(augment, flip=True)


def test_arguments_that_cannot_be_are_named():
    with pytest.raises(ValueError, match=r"`augment` must be one of .*'rand'.* mean 'light'"):
        find_augmentation("lihgt")
    with pytest.raises(ValueError, match="`flip` must be one of"):
        find_augmentation("light", flip="yes")


def test_settings_are_plain_data():
    for name in NAMED:
        found = augmentation_settings(find_augmentation(name))
        assert found == {"augment": name, "flip": name != "none"}
    found = augmentation_settings(find_augmentation(turns()))
    assert json.loads(json.dumps(found)) == found
    assert found["augment"][0]["class_name"] == "RandomRotation"
    assert not found["flip"]
