"""Whatever stored features depend on changes their key, and nothing else does."""

import os
import runpy
import shutil
import subprocess
import sys

import keras
import numpy as np
import pytest
from keras import layers

import keras_tl as ktl
from keras_tl.caching import filling
from keras_tl.caching.feature_cache import Place
from keras_tl.caching.key import prefix_digests, split_digest
from keras_tl.data.augmenting.strengths import Augmentation
from keras_tl.data.pictures import ArrayPictures
from keras_tl.data.split import Split

SIZE = 8
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 12, SIZE, 3)).astype("uint8")


def build(scale=1 / 255, kernel=3, activation="relu", factor=0.5, offset=0.0, policy="float32"):
    """Preprocessing in a nested model, a layer that is called twice, raw operations, a head."""
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(policy)
    try:
        inner = keras.Input((SIZE, SIZE, 3))
        again = layers.Conv2D(3, kernel, padding="same", activation=activation)
        body = again(layers.Dropout(0.5)(again(layers.Rescaling(scale)(inner))))
        images = keras.Input((SIZE, SIZE, 3))
        x = keras.Model(inner, body)(images) * factor
        x = layers.MaxPooling2D()(x - mean_picture(offset))
        x = layers.BatchNormalization()(layers.Conv2D(4, 3, padding="same")(x))
        x = layers.GlobalAveragePooling2D()(layers.MaxPooling2D()(x))
        return keras.Model(images, layers.Dense(3)(x))
    finally:
        keras.config.set_dtype_policy("float32")


def mean_picture(offset, height=SIZE):
    picture = np.zeros((height, SIZE, 3), "float32")
    picture[height // 2, 4, 1] = offset
    return picture


def split(images=IMAGES, size=(SIZE, SIZE), resize="crop", numbers=None, **options):
    numbers = np.arange(len(images)) if numbers is None else numbers
    pictures = ArrayPictures(images, size, resize)
    return Split(pictures, numbers, np.asarray(numbers) % 3, list("abc"), batch_size=4, **options)


def views(number=2, strength="light", **options):
    return split(augment=Augmentation(strength, **options), views=number)


def with_a_changed_pixel(number):
    images = IMAGES.copy()
    images[number, 6, 4, 1] ^= 1
    return images


def with_another(weight, change=1e-3):
    model = build()
    weight = model.weights[weight]
    value = np.array(weight)
    value.flat[-1] += change
    weight.assign(value)
    return model


def end(model, stages=1):
    """The boundary after so many stages."""
    return ktl.chain(model)[stages - 1].boundary


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A directory that holds the features of `build()` and `split()`."""
    directory = tmp_path_factory.mktemp("filled")
    store(directory, build(), split())
    return directory


def store(directory, model, images, boundary=None):
    cache = ktl.FeatureCache(directory)
    cache.splits(model, [images], [Place(boundary or end(model), "disk")])


@pytest.fixture
def computed(monkeypatch, tmp_path, filled):
    """Returns a function that reads features of a copy of `filled`, or fills it.

    It returns how many images that computed.
    """
    counted = []
    original = filling._store
    directory = shutil.copytree(filled, tmp_path / "features")

    def count(found, ends, stores, start):
        first = found[0] if isinstance(found, list) else found
        counted.append(len(first))
        return original(found, ends, stores, start)

    def count_in(*arguments):
        counted.clear()
        store(directory, *arguments)
        return sum(counted)

    monkeypatch.setattr(filling, "_store", count)
    return count_in


INGREDIENTS = {
    "a kernel": (lambda: with_another(0), split),
    "a bias": (lambda: with_another(1), split),
    "a layer's configuration": (lambda: build(activation="tanh"), split),
    "preprocessing": (lambda: build(scale=1 / 127.5), split),
    "a number in a raw operation": (lambda: build(factor=0.25), split),
    "an array in a raw operation": (lambda: build(offset=1.0), split),
    "an image": (build, lambda: split(with_a_changed_pixel(2))),
    "the order of images": (build, lambda: split(numbers=[1, 0, 2, 3, 4, 5])),
    "one image less": (build, lambda: split(numbers=[0, 1, 2, 3, 4])),
    "the resize policy": (build, lambda: split(resize="pad")),
    "float16 in layers": (lambda: build(policy="mixed_float16"), split),
    "bfloat16 in layers": (lambda: build(policy="mixed_bfloat16"), split),
}


@pytest.mark.parametrize("changed", INGREDIENTS)
def test_another_ingredient_is_a_miss(computed, changed):
    model, images = (make() for make in INGREDIENTS[changed])
    assert computed(build(), split()) == 0
    assert computed(model, images) == images.size
    assert computed(build(), split()) == 0


def test_another_boundary_is_a_miss(computed):
    model = build()
    assert computed(model, split(), end(model)) == 0
    assert computed(model, split(), end(model, 2)) == len(IMAGES)


@pytest.mark.parametrize("library", ["keras", "backend"])
def test_another_version_is_a_miss(computed, monkeypatch, library):
    assert computed(build(), split()) == 0
    if library == "keras":
        monkeypatch.setattr(keras, "__version__", "3.999")
    else:
        monkeypatch.setattr("keras_tl.caching.key.metadata.version", lambda name: "99")
    assert computed(build(), split()) == len(IMAGES)


@pytest.mark.parametrize(
    "other",
    [
        lambda: views(3),
        lambda: views(strength="medium"),
        lambda: views(seed=1),
        lambda: views(flip=False),
        lambda: split(numbers=[1, 0, 2, 3, 4, 5], augment=Augmentation("light"), views=2),
        split,
    ],
    ids=["views", "strength", "seed", "flip", "numbers", "none"],
)
def test_other_views_are_another_key(other):
    assert split_digest(views()) == split_digest(views())
    assert split_digest(other()) != split_digest(views())


def test_views_are_a_miss(computed):
    assert computed(build(), views()) == 2 * len(IMAGES)
    assert computed(build(), views(seed=1)) == 2 * len(IMAGES)
    assert computed(build(), views()) == 0


def test_each_image_counts():
    found = {split_digest(split(with_a_changed_pixel(i))) for i in range(len(IMAGES))}
    assert len(found | {split_digest(split())}) == len(IMAGES) + 1


def test_the_image_size_counts():
    sizes = [(8, 8), (8, 6), (6, 8), (16, 16)]
    found = {split_digest(split(size=size, digests=list("abcdef"))) for size in sizes}
    assert len(found) == len(sizes)


@pytest.mark.parametrize("changed", ["size", "resize", "content"])
def test_what_data_are_loaded_with_counts(changed):
    """Their digests are of what is in a file, before it is resized."""

    def load(images=IMAGES, size=SIZE, resize="crop"):
        labels = np.arange(len(IMAGES)) % 2
        return ktl.load_data(
            (images, labels), image_size=size, resize=resize, validation=0.0, test=0.0
        )

    other = {"size": {"size": 6}, "resize": {"resize": "stretch"}}
    options = other.get(changed, {"images": with_a_changed_pixel(3)})
    assert split_digest(load().train) == split_digest(load().train)
    assert split_digest(load().train) != split_digest(load(**options).train)


def test_a_large_array_in_a_raw_operation_counts():
    """Numpy prints three numbers at either end of an array of more than a thousand."""

    def digest(offset):
        images = keras.Input((60, SIZE, 3))
        x = layers.MaxPooling2D()(images - mean_picture(offset, 60))
        x = layers.GlobalAveragePooling2D()(x)
        model = keras.Model(images, layers.Dense(2)(x))
        return prefix_digests(model, [end(model)])

    assert digest(0.0) == digest(0.0)
    assert digest(0.0) != digest(1.0)


def digests(model):
    """One for each block."""
    return prefix_digests(model, [stage.boundary for stage in ktl.chain(model, "block")])


def test_another_build_has_the_same_key(computed):
    first, second = build(), build()
    assert [layer.name for layer in first.layers] != [layer.name for layer in second.layers]
    assert computed(first, split()) == computed(second, split()) == 0


@pytest.mark.parametrize("name", [None, "two_tensor"])
def test_saving_keeps_the_key(make_tiny, tmp_path, name):
    model = make_tiny(name) if name else build()
    model.save(tmp_path / "model.keras")
    found = digests(model)
    assert digests(keras.saving.load_model(tmp_path / "model.keras")) == found
    assert len(set(found)) == len(found) > 2


def test_a_weight_counts_from_its_layer_on():
    """Each weight of each block: boundaries before it keep their key, all others lose it."""
    model = build()
    chain = ktl.chain(model, "block")
    before = digests(model)
    for number, stage in enumerate(chain):
        for weight in {id(w): w for layer in stage.layers for w in layer.weights}.values():
            value = np.array(weight)
            weight.assign(value + 0.5)
            is_kept = [a == b for a, b in zip(before, digests(model), strict=True)]
            assert is_kept == [i < number for i in range(len(chain))], weight.path
            weight.assign(value)


def test_flags_keep_the_key():
    model = build()
    before = digests(model)
    for layer in model._flatten_layers():
        layer.trainable = False
    assert digests(model) == before


def test_labels_and_batches_keep_the_key():
    one, other = split(), split()
    other.labels, other.batch_size, other.seed = other.labels[::-1], 3, 7
    assert split_digest(one) == split_digest(other)


def test_augmentation_without_views_keeps_the_key():
    """What is stored then is the plain pictures."""
    assert split_digest(split(augment=Augmentation("strong"))) == split_digest(split())


@pytest.mark.slow
def test_another_process_has_the_same_key():
    code = (
        "import runpy, sys; found = runpy.run_path(sys.argv[1]);"
        "print(*found['digests'](found['build']()), found['split_digest'](found['views']()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, __file__],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
    )
    here = runpy.run_path(__file__)
    expected = [*here["digests"](here["build"]()), split_digest(views())]
    assert done.stdout.split() == expected, done.stderr[-2000:]
