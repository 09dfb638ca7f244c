import keras
import numpy as np
import pytest
from keras import layers as kl

from keras_tl.data.augmenting.layers import _LARGEST_STATE, _STREAM, LayerAugmentation

EVERY = {
    "AutoContrast": lambda: kl.AutoContrast(),
    "Equalization": lambda: kl.Equalization(),
    "RandAugment": lambda: kl.RandAugment(factor=0.08),
    "RandomBrightness": lambda: kl.RandomBrightness(0.5),
    "RandomColorDegeneration": lambda: kl.RandomColorDegeneration(0.5),
    "RandomColorJitter": lambda: kl.RandomColorJitter(
        brightness_factor=0.5, contrast_factor=0.5, saturation_factor=0.5, hue_factor=0.5
    ),
    "RandomContrast": lambda: kl.RandomContrast(0.5),
    "RandomCrop": lambda: kl.RandomCrop(16, 12),
    "RandomElasticTransform": lambda: kl.RandomElasticTransform(1.0),
    "RandomErasing": lambda: kl.RandomErasing(1.0),
    "RandomFlip": lambda: kl.RandomFlip(),
    "RandomGaussianBlur": lambda: kl.RandomGaussianBlur(1.0),
    "RandomGrayscale": lambda: kl.RandomGrayscale(0.5),
    "RandomHue": lambda: kl.RandomHue(0.5),
    "RandomInvert": lambda: kl.RandomInvert(0.5),
    "RandomPerspective": lambda: kl.RandomPerspective(1.0),
    "RandomPosterization": lambda: kl.RandomPosterization(4),
    "RandomRotation": lambda: kl.RandomRotation(0.1),
    "RandomSaturation": lambda: kl.RandomSaturation(0.5),
    "RandomSharpness": lambda: kl.RandomSharpness(0.5),
    "RandomShear": lambda: kl.RandomShear(0.3, 0.3),
    "RandomTranslation": lambda: kl.RandomTranslation(0.2, 0.2),
    "RandomZoom": lambda: kl.RandomZoom(0.3),
    "Solarization": lambda: kl.Solarization(0.5, 0.5),
}


@pytest.fixture(scope="module")
def images():
    """Pictures that reach both ends of the levels."""
    found = np.random.default_rng(0).uniform(-60, 315, (3, 16, 12, 3)).clip(0, 255)
    return found.astype("float32")


def states(number, count, view=1, seed=0):
    generator = np.random.default_rng((seed, view, number, _STREAM))
    return generator.integers(_LARGEST_STATE, size=(count, 2), dtype="int32")


@pytest.mark.parametrize("name", EVERY)
def test_a_view_is_what_the_layer_gives_by_itself(name, images):
    """The oracle is the layer called by Keras, on one picture, its generators set by hand."""
    layer = EVERY[name]()
    found = LayerAugmentation([EVERY[name]()])(images, [4, 9, 2], 1)
    generators = layer.non_trainable_variables
    for image, number, ours in zip(images, (4, 9, 2), found, strict=True):
        for generator, state in zip(generators, states(number, len(generators)), strict=True):
            generator.assign(state)
        theirs = keras.ops.convert_to_numpy(layer(image[None], training=True))[0]
        np.testing.assert_allclose(ours, theirs, atol=1.01 if "Poster" in name else 0.05)


def test_layers_come_one_after_the_other_with_seeds_of_their_own(images):
    rotation, erasing = kl.RandomRotation(0.2), kl.RandomErasing(1.0, fill_value=0)
    first, second = (LayerAugmentation([layer]) for layer in (rotation, erasing))
    both = LayerAugmentation([rotation, erasing])(images, [0, 1, 2], 1)
    turned = first(images, [0, 1, 2], 1)
    kept = (both != 0).all(axis=-1)
    assert 0 < kept.sum() < kept.size
    np.testing.assert_allclose(both[kept], turned[kept], atol=0.05)
    assert (both != second(turned, [0, 1, 2], 1)).any()


def test_a_pipeline_is_its_layers(images):
    def listed():
        return [kl.RandomRotation(0.2), kl.RandomBrightness(0.4), kl.RandomErasing(1.0)]

    nested = [kl.Pipeline([kl.Pipeline(listed()[:1]), listed()[1]]), listed()[2]]
    flat = LayerAugmentation(listed())
    found = LayerAugmentation(nested)
    assert found(images, range(3), 1).tobytes() == flat(images, range(3), 1).tobytes()
    assert found.to_dict() == flat.to_dict()
    sequential = LayerAugmentation([keras.Sequential(listed())])
    assert sequential(images, range(3), 1).tobytes() == flat(images, range(3), 1).tobytes()


def test_the_generators_of_the_layers_and_pythons_are_not_touched(images):
    layer = kl.RandomRotation(0.2, seed=5)
    augment = LayerAugmentation([layer])
    first = augment(images, range(3), 1)
    (state,) = layer.variables
    assert keras.ops.convert_to_numpy(state).tolist() == [5, 0]
    layer(images)
    keras.utils.set_random_seed(1)
    np.testing.assert_array_equal(augment(images, range(3), 1), first)
    other = LayerAugmentation([kl.RandomRotation(0.2, seed=6)])
    np.testing.assert_array_equal(other(images, range(3), 1), first)


def test_pictures_of_another_size_are_augmented_too(images):
    augment = LayerAugmentation([kl.RandomFlip("horizontal")])
    augment(images, range(3), 1)
    found = augment(images[:, :5], range(3), 1)
    for image, ours in zip(images[:, :5], found, strict=True):
        assert ours.tobytes() in (image.tobytes(), image[:, ::-1].tobytes())


def test_a_layer_of_ones_own(images):
    class Shifted(keras.Layer):
        def __init__(self, most, **kwargs):
            super().__init__(**kwargs)
            self.most = most
            self.generator = keras.random.SeedGenerator()

        def call(self, images):
            drawn = keras.random.uniform((), -self.most, self.most, seed=self.generator)
            return keras.ops.clip(images + drawn, 0, 255)

        def get_config(self):
            return {**super().get_config(), "most": self.most}

    augment = LayerAugmentation([Shifted(20.0)])
    change = augment(images, range(3), 1) - images
    middle = (images > 25) & (images < 230)
    assert len({round(float(c[m].mean()), 2) for c, m in zip(change, middle, strict=True)}) == 3
    assert np.abs(change).max() <= 20.01
    assert augment.to_dict() != LayerAugmentation([Shifted(21.0)]).to_dict()


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda: kl.RandomCrop(8, 8), r"RandomCrop 'it'.* \(16, 12, 3\) one of \(8, 8, 3\)"),
        (lambda: kl.GaussianNoise(1.0), r"GaussianNoise 'it', which gives levels from -"),
        (lambda: kl.Dropout(0.5), r"Dropout 'it', which gives levels from 0 to"),
    ],
)
def test_the_layer_that_breaks_a_picture_is_named(layer, message, images):
    broken = layer()
    broken.name = "it"
    augment = LayerAugmentation([kl.RandomBrightness(0.1), broken, kl.RandomFlip()])
    with pytest.raises(ValueError, match=message):
        augment(images, range(3), 1)


def test_names_seeds_and_use_are_no_part_of_the_plain_data(images):
    one = LayerAugmentation([kl.RandomFlip(seed=3), kl.RandomRotation((-0.1, 0.2))])
    one(images, range(3), 1)
    other = LayerAugmentation([kl.RandomFlip(), kl.RandomRotation((-0.1, 0.2), name="turned")])
    assert one.to_dict() == other.to_dict()
    for changed in ([kl.RandomFlip("vertical"), kl.RandomRotation((-0.1, 0.2))],
                    [kl.RandomFlip(), kl.RandomRotation((-0.1, 0.3))],
                    [kl.RandomRotation((-0.1, 0.2)), kl.RandomFlip()]):  # fmt: skip
        assert LayerAugmentation(changed).to_dict() != one.to_dict()
