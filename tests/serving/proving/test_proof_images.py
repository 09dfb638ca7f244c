import numpy as np
import pytest
import tensorflow as tf

from keras_tl.serving.proving.proof_images import (
    BATCH_SIZE,
    as_taken_by,
    decoded_images,
    encoded_images,
    read_in_batches,
    true_labels,
)


def contents(files):
    return [file.read_bytes() for file in files]


def test_verify_on_takes_files_splits_and_data(data, files):
    assert encoded_images(files, 2) == contents(files)[:2]
    assert encoded_images([str(file) for file in files]) == contents(files)
    assert encoded_images(data.test) == data.test.encoded()
    assert encoded_images(data) == data.test.encoded()


def test_png_of_a_split_of_arrays_are_its_pixels(data):
    read = [tf.io.decode_png(content).numpy() for content in encoded_images(data.test)]
    np.testing.assert_array_equal(read, data.test.images())


def test_a_bad_file_is_set_aside_and_the_rest_proves(files):
    files[1].write_bytes(b"not a picture")
    with pytest.warns(UserWarning, match=r"1 of 5 pictures of `verify_on` were set aside.*1\.png"):
        assert encoded_images(files) == contents([files[0], *files[2:]])


def test_labels_are_those_of_the_images_if_the_classes_are_the_same(data, files):
    names = data.class_names
    np.testing.assert_array_equal(true_labels(data.train, names, 5), data.train.labels[:5])
    np.testing.assert_array_equal(true_labels(data, names), data.test.labels)
    assert true_labels(data, names[::-1]) is None
    assert true_labels(files, names) is None


def test_they_are_decoded_as_the_model_takes_them(make_model, photo_files):
    assert decoded_images(make_model(), photo_files).shape == (12, 16, 16, 3)


def test_batches_side_by_side_are_all_pictures(make_model, data):
    encoded = (data.test.encoded() * BATCH_SIZE)[: BATCH_SIZE + 3]
    pictures = as_taken_by(make_model(), encoded)
    batches = list(read_in_batches(pictures))
    assert [len(batch) for batch in batches] == [BATCH_SIZE, 3]
    np.testing.assert_array_equal(np.concatenate(batches), pictures.read(range(len(pictures))))
