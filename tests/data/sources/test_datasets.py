import io
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_tl.data.sources.datasets import from_datasets, is_dataset

COUNT = 6
LABELS = np.arange(COUNT) % 3


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (COUNT, 5, 4, 3), dtype="uint8")


@pytest.fixture
def files(picture, encode):
    """Encoded pictures of several sizes; the last ends in zero bytes."""
    found = [encode(picture(seed, width=9 + seed, height=8), "PNG") for seed in range(COUNT)]
    return [*found[:-1], found[-1] + b"\0\0"]


def slices(*columns):
    return tf.data.Dataset.from_tensor_slices(columns)


@pytest.mark.parametrize("batch", [None, 4])
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_arrays_of_one_size_stay_as_they_are(images, batch, dtype):
    dataset = slices(images.astype(dtype), LABELS)
    found = from_datasets(dataset if batch is None else dataset.batch(batch))
    assert found.pictures.dtype == dtype
    np.testing.assert_array_equal(found.pictures, images)
    assert found.labels.tolist() == LABELS.tolist()
    assert found.class_names == ["0", "1", "2"]
    assert found.parts is None


@pytest.mark.parametrize("batch", [None, 4])
@pytest.mark.parametrize("channels", [0, 1])
def test_grey_images_get_three_equal_channels(images, batch, channels):
    grey = images[..., :channels] if channels else images[..., 0]
    dataset = slices(grey, LABELS)
    found = from_datasets(dataset if batch is None else dataset.batch(batch)).pictures
    np.testing.assert_array_equal(found, np.repeat(images[..., :1], 3, axis=-1))


@pytest.mark.parametrize("batch", [None, 4])
def test_encoded_pictures_stay_as_they_are_to_the_last_byte(files, batch):
    dataset = slices(files, LABELS)
    found = from_datasets(dataset if batch is None else dataset.batch(batch))
    assert list(found.pictures) == files
    assert found.labels.tolist() == LABELS.tolist()


def test_arrays_of_several_sizes_become_png_of_the_same_pixels(files):
    decoded = slices(files, LABELS).map(lambda one, label: (tf.io.decode_png(one), label))
    for one, encoded in zip(from_datasets(decoded).pictures, files, strict=True):
        ours, theirs = (np.asarray(Image.open(io.BytesIO(each))) for each in (one, encoded))
        np.testing.assert_array_equal(ours, theirs)


def test_data_sets_without_shapes_are_read(images):
    dataset = tf.data.Dataset.from_generator(
        lambda: zip(images, LABELS, strict=True),
        output_signature=(tf.TensorSpec(None, tf.uint8), tf.TensorSpec(None, tf.int64)),
    )
    np.testing.assert_array_equal(from_datasets(dataset).pictures, images)


@pytest.mark.parametrize("batch", [None, 4])
def test_strings_are_names(images, batch):
    dataset = slices(images, np.array(["a", "b", "кот"])[LABELS])
    found = from_datasets(dataset if batch is None else dataset.batch(batch))
    assert found.class_names == ["a", "b", "кот"]
    assert found.labels.tolist() == LABELS.tolist()


@pytest.mark.parametrize("batch", [None, 4])
def test_one_hot_labels_are_what_the_caller_says(images, batch):
    rows = np.eye(3, dtype="float32")[LABELS]
    dataset = slices(images, rows)
    dataset = dataset if batch is None else dataset.batch(batch)
    with pytest.raises(ValueError, match="`multi_label` must say"):
        from_datasets(dataset)
    assert from_datasets(dataset, multi_label=False).labels.tolist() == LABELS.tolist()
    np.testing.assert_array_equal(from_datasets(dataset, ["a", "b", "c"], True).labels, rows)


@pytest.mark.parametrize("batch", [None, 4])
def test_rows_of_zero_and_one_are_several_labels(images, batch):
    rows = np.stack([LABELS == 0, LABELS != 1], axis=1).astype(int)
    dataset = slices(images, rows)
    found = from_datasets(dataset if batch is None else dataset.batch(batch), ["red", "round"])
    np.testing.assert_array_equal(found.labels, rows)
    assert found.class_names == ["red", "round"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("label_mode", ["int", "categorical", "binary"])
def test_what_keras_reads_from_a_folder(make_folder, label_mode, capsys):
    import keras

    counts = {"ant": 2, "bee": 3} | ({} if label_mode == "binary" else {"cat": 2})
    dataset = keras.utils.image_dataset_from_directory(
        make_folder(counts), label_mode=label_mode, image_size=(8, 8), shuffle=False, batch_size=3
    )
    found = from_datasets(dataset, multi_label=False if label_mode == "categorical" else None)
    assert found.class_names == list(counts)
    assert np.bincount(found.labels).tolist() == list(counts.values())
    np.testing.assert_array_equal(
        found.pictures, np.concatenate([batch for batch, _ in dataset.as_numpy_iterator()])
    )


def test_a_mapping_gives_the_parts(images):
    source = {"train": slices(images, LABELS), "val": slices(images[:2], LABELS[:2]).batch(2)}
    found = from_datasets(source)
    assert found.parts.tolist() == ["train"] * COUNT + ["validation"] * 2
    np.testing.assert_array_equal(found.pictures, np.concatenate([images, images[:2]]))
    assert found.labels.tolist() == [*LABELS, *LABELS[:2]]


def test_parts_of_several_sizes_become_png(images):
    source = {"train": slices(images, LABELS), "test": slices(images[:, 1:], LABELS)}
    found = from_datasets(source)
    sizes = [Image.open(io.BytesIO(one)).size for one in found.pictures]
    assert sizes == [(4, 5)] * COUNT + [(4, 4)] * COUNT


def endless(images):
    return slices(images, LABELS).repeat()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (endless, r"an infinite data set\. Leave out `repeat\(\)`, or use `source\.take"),
        (lambda images: slices(images, LABELS).take(0), r"with pictures\. Received: an empty one"),
        (lambda images: slices(images / 255, LABELS), r"from 0 to 1\. Images in 0\.\.1 need"),
        (lambda images: slices(images - 128.0, LABELS), r"must be in 0\.\.255"),
        (
            lambda images: slices(np.where(np.arange(3) == 1, np.nan, images), LABELS),
            "must be finite",
        ),
        (lambda images: slices(np.concatenate([images] * 2, -1), LABELS), r"must have the shape"),
        (lambda images: slices(images[:, None], LABELS), r"must have the shape"),
        (lambda images: slices(LABELS, LABELS), r"must have the shape"),
        (lambda images: slices(images, LABELS * 0), r"two classes\. Received: 6 pictures"),
        (lambda images: tf.data.Dataset.from_tensor_slices(images), r"give pairs `\(image, label"),
        (lambda images: slices(images, LABELS, LABELS), r"give pairs .* as_supervised=True"),
        (
            lambda images: tf.data.Dataset.from_tensor_slices({"image": images, "label": LABELS}),
            r"give pairs .* Received: a data set of \{'image'",
        ),
        (lambda images: slices(images, LABELS).ragged_batch(2).map(_ragged), "give pairs"),
        (lambda images: slices(images, LABELS).batch(4).map(_shorter), "4 images and 3 labels"),
        (lambda images: {"train": slices(images, LABELS), "tset": 1}, "Did you mean 'test'"),
        (lambda images: {"train": slices(images, LABELS), "test": images}, "type ndarray"),
        (lambda images: {"test": slices(images, LABELS)}, "pictures for test alone"),
        (
            lambda images: {
                "train": slices(images, LABELS),
                "test": slices(images, images[:, 0, 0]),
            },
            "labels of the shapes",
        ),
    ],
)
def test_data_sets_that_cannot_be_meant_are_refused(images, make, message):
    with pytest.raises(ValueError, match=message):
        from_datasets(make(images))


def _ragged(image, label):
    return tf.RaggedTensor.from_tensor(image), label


def _shorter(image, label):
    return image, label[1:]


def test_a_data_set_that_fails_says_where(files):
    broken = [*files[:2], b"no picture", *files[3:]]
    dataset = slices(broken, LABELS).map(lambda one, label: (tf.io.decode_png(one), label))
    with pytest.raises(ValueError, match=r"after 2 of them\. `source\.ignore_errors\(\)`"):
        from_datasets(dataset)
    assert len(from_datasets(dataset.ignore_errors()).labels) == COUNT - 1


def test_a_dark_image_among_others_is_no_mistake(images):
    dark = images.astype("float32")
    dark[0] = 0.0
    assert from_datasets(slices(dark, LABELS)).pictures[0].max() == 0


def test_only_data_sets_are_data_sets(images, monkeypatch):
    dataset = slices(images, LABELS).batch(2)
    assert is_dataset(dataset)
    assert not is_dataset((images, LABELS))
    with monkeypatch.context() as absent:
        absent.setitem(sys.modules, "tensorflow", None)
        is_one = is_dataset(dataset)
    assert not is_one
