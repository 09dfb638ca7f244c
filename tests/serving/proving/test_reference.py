import numpy as np

from keras_tl.serving.proving.reference import reference


def test_a_split_gives_its_images_labels_and_the_answers_of_the_model(make_model, data):
    model = make_model()
    found = reference(model, data)
    taken = found.pictures.read(range(data.test.size))
    np.testing.assert_array_equal(taken, data.test.images())
    np.testing.assert_array_equal(found.labels, data.test.labels)
    np.testing.assert_allclose(
        found.probabilities, model.predict_on_batch(data.test.images()), atol=1e-6
    )


def test_labels_of_other_classes_are_not_compared(make_model, data):
    assert reference(make_model(["x", "y", "z"]), data.test).labels is None


def test_paths_have_no_labels(make_model, photo_files):
    found = reference(make_model(), photo_files)
    assert found.labels is None
    assert len(found.pictures) == 12
    assert len(reference(make_model(), photo_files, limit=5).probabilities) == 5
