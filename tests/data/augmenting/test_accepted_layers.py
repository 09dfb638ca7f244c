import keras
import pytest
from keras import layers as kl

from keras_tl.data.augmenting.accepted_layers import accepted, mirrors


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda: kl.Dense(3), "Dense 'it', which draws nothing"),
        (lambda: kl.Rescaling(1 / 255), "Rescaling 'it', which draws nothing"),
        (lambda: kl.Resizing(8, 8), "Resizing 'it', which draws nothing"),
        (lambda: kl.MixUp(), "MixUp 'it', which mixes pictures.*`mix='mixup'`"),
        (lambda: kl.CutMix(), "CutMix 'it', which mixes pictures.*`mix='cutmix'`"),
        (lambda: kl.AugMix(), "AugMix 'it', which chooses its operations by Python's"),
        (lambda: kl.RandAugment((0, 1)), r"RandAugment 'it', which expects levels in \(0, 1\)"),
        (lambda: kl.RandomZoom(0.1, dtype="mixed_float16"), "which computes in float16"),
        (lambda: kl.RandomZoom(0.1, data_format="channels_first"), "which expects channels first"),
    ],
)
def test_what_is_no_augmentation_is_named(layer, message):
    refused = layer()
    refused.name = "it"
    for listed in ([refused], [kl.RandomFlip(), kl.Pipeline([kl.RandomZoom(0.1), refused])]):
        with pytest.raises(ValueError, match=f"`augment` must hold Keras layers.*{message}"):
            accepted(listed, flip=True)


@pytest.mark.parametrize("augment", [[], (), kl.RandomFlip, None, 3])
def test_what_is_no_list_is_shown(augment):
    with pytest.raises(ValueError, match=r"`augment` must be a name or a list.*Received: augment="):
        accepted(augment, flip=True)


def test_what_is_no_layer_is_shown():
    with pytest.raises(ValueError, match="Received: str '', which is no Keras layer"):
        accepted(["light"], flip=True)


def test_layers_that_mirror_are_refused_where_it_means_something_else():
    for mode in ("horizontal", "vertical", "horizontal_and_vertical"):
        with pytest.raises(ValueError, match="RandomFlip 'it', which mirrors"):
            accepted([kl.RandomZoom(0.1), kl.RandomFlip(mode, name="it")], flip=False)
    with pytest.raises(ValueError, match="which mirrors"):
        accepted([keras.Sequential([kl.RandomFlip()])], flip=False)


def test_others_come_one_after_the_other():
    found = accepted(
        [kl.RandomFlip(), kl.Pipeline([kl.RandomZoom(0.1), kl.AutoContrast()])], flip=True
    )
    kinds = [type(layer).__name__ for layer in found]
    assert kinds == ["RandomFlip", "RandomZoom", "AutoContrast"]
    assert [mirrors(layer) for layer in found] == [True, False, False]
