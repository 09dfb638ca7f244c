import warnings

import numpy as np
import pytest
import tensorflow as tf

import keras_tl as ktl

tfds = pytest.importorskip("tensorflow_datasets")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def store(tmp_path, picture):
    """Writes a data set in TFDS's own format and returns where."""

    def write(name, counts, label=None, image="image"):
        def rows(seed, count):
            for number in range(count):
                levels = np.asarray(picture(seed + number, width=14 + number % 3, height=12))
                yield {image: levels, "label": number % 2}

        features = tfds.features.FeaturesDict(
            {
                image: tfds.features.Image(shape=(None, None, 3)),
                "label": label or tfds.features.ClassLabel(names=["cat", "dog"]),
            }
        )
        splits = {}
        for seed, (part, count) in enumerate(counts.items()):
            signature = {
                image: tf.TensorSpec((None, None, 3), tf.uint8),
                "label": tf.TensorSpec((), tf.int64),
            }
            splits[part] = tf.data.Dataset.from_generator(
                lambda seed=seed, count=count: rows(100 * seed, count), output_signature=signature
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tfds.dataset_builders.store_as_tfds_dataset(
                name=name, version="1.0.0", data_dir=tmp_path, split_datasets=splits,
                features=features,
            )  # fmt: skip
        return tmp_path

    return write


def test_a_local_data_set_is_read_offline(store):
    where = store("my_pictures", {"train": 20})
    data = ktl.load_data("tfds:my_pictures", image_size=12, data_dir=str(where), download=False)
    assert data.class_names == ["cat", "dog"]
    assert [split.size for split in data.splits.values()] == [12, 4, 4]
    assert data.train.counts().tolist() == [6, 6]
    assert data.train.names()[0].startswith("#")


def test_pictures_stay_encoded_and_are_those_that_were_stored(store, picture):
    where = store("my_pictures", {"train": 12})
    data = ktl.load_data("tfds:my_pictures", image_size=12, data_dir=str(where), download=False)
    whole = data.whole()
    stored = [np.asarray(picture(n, width=14 + n % 3, height=12)) for n in range(12)]
    read = [tf.io.decode_png(encoded).numpy() for encoded in whole.encoded()]
    for label, image in zip(whole.labels, read, strict=True):
        matches = [n for n, s in enumerate(stored) if s.shape == image.shape and (s == image).all()]
        assert len(matches) == 1
        assert matches[0] % 2 == label


def test_its_own_splits_are_kept_and_missing_ones_drawn(store):
    where = store("parted", {"train": 20, "test": 6})
    data = ktl.load_data("tfds:parted", image_size=12, data_dir=str(where), download=False)
    assert data.test.size == 6
    assert data.validation.size == 4
    assert data.train.size == 16


def test_a_version_may_be_named(store):
    where = store("versioned", {"train": 12})
    data = ktl.load_data("tfds:versioned:1.0.0", image_size=12, data_dir=str(where), download=False)
    assert data.whole().size == 12


def test_a_version_tells_a_local_data_set_from_a_known_one_of_that_name(store):
    where = str(store("mnist", {"train": 12}))
    data = ktl.load_data("tfds:mnist:1.0.0", image_size=12, data_dir=where, download=False)
    assert data.class_names == ["cat", "dog"]
    with pytest.raises(ValueError, match=r"must be on disk.*'tfds:mnist:1\.0\.0'"):
        ktl.load_data("tfds:mnist", image_size=12, data_dir=where, download=False)


def test_an_unknown_name_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"no data set of TFDS\. Received: 'tfds:no_such_set'"):
        ktl.load_data("tfds:no_such_set", image_size=12, data_dir=str(tmp_path), download=False)


def test_a_folder_taken_for_a_data_set_is_pointed_at(tmp_path, monkeypatch):
    (tmp_path / "flowers_of_mine").mkdir()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"There is a folder of that name: pass 'flowers_of_mine"):
        ktl.load_data("tfds:flowers_of_mine", image_size=12, data_dir=str(tmp_path))


def test_a_data_set_without_classes_or_pictures_is_refused(store):
    where = store("regression", {"train": 12}, label=tfds.features.Scalar(tf.int64))
    with pytest.raises(ValueError, match=r"features `image` and `label`\. Received: 'tfds:regress"):
        ktl.load_data("tfds:regression", image_size=12, data_dir=str(where), download=False)
    where = store("imageless", {"train": 12}, image="photo")
    with pytest.raises(ValueError, match=r"\['label', 'photo'\]"):
        ktl.load_data("tfds:imageless", image_size=12, data_dir=str(where), download=False)


def test_a_data_set_without_usable_splits_is_refused(store):
    where = store("odd", {"everything": 12})
    with pytest.raises(ValueError, match=r"split.*everything"):
        ktl.load_data("tfds:odd", image_size=12, data_dir=str(where), download=False)
