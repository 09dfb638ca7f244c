import numpy as np
import pytest
import tensorflow as tf

import keras_tl as ktl
from keras_tl.serving import verify
from keras_tl.serving.verify import encoded_images, verify_on_images


@pytest.fixture
def answers(monkeypatch):
    """Stands in for the fresh process, so that an export can be wrong in one thing only."""

    def give(model, images, **changed):
        pictures = ktl.data.pictures.EncodedPictures(images, (16, 16), "crop")
        found = model.predict_on_batch(pictures.read(range(len(images))))
        names = np.array(ktl.class_names(model))
        outputs = {
            "probabilities": found,
            "classes": np.tile(names, (len(images), 1)),
            "label": names[found.argmax(axis=1)],
            "score": found.max(axis=1),
            "selected": found >= 0.5,
        }
        monkeypatch.setattr(verify, "_serve", lambda *_: {**outputs, **changed})
        return found

    return give


def contents(files):
    return [file.read_bytes() for file in files]


@pytest.mark.parametrize("multi_label", [False, True])
def test_a_right_export_is_proven(make_model, files, answers, multi_label):
    model, images = make_model(multi_label=multi_label), contents(files)
    answers(model, images)
    proof = verify_on_images("export", model, images)
    assert proof.examples == 5
    assert proof.largest_difference == 0
    assert "same labels on 5 encoded images" in str(proof)


@pytest.mark.parametrize("difference", [2e-4, np.nan, np.inf])
def test_other_probabilities_are_refused(make_model, files, answers, difference):
    model, images = make_model(), contents(files)
    found = answers(model, images)
    wrong = found.copy()
    wrong[3, 1] += difference
    answers(model, images, probabilities=wrong)
    with pytest.raises(ktl.ExportError, match="other probabilities than the model"):
        verify_on_images("export", model, images)


def test_probabilities_within_the_tolerance_are_accepted(make_model, files, answers):
    model, images = make_model(), contents(files)
    found = answers(model, images)
    answers(model, images, probabilities=found + 5e-5)
    proof = verify_on_images("export", model, images)
    assert 4e-5 < proof.largest_difference <= proof.tolerance == 1e-4
    with pytest.raises(ktl.ExportError, match=r"allowed 1e-06"):
        verify_on_images("export", model, images, 1e-6)


def test_other_labels_are_refused(make_model, files, answers):
    model, images = make_model(), contents(files)
    found = answers(model, images)
    worst = np.array(ktl.class_names(model))[found.argmin(axis=1)]
    answers(model, images, label=worst)
    with pytest.raises(ktl.ExportError, match="other labels than the model"):
        verify_on_images("export", model, images)


def test_another_selection_is_refused(make_model, files, answers):
    model, images = make_model(multi_label=True), contents(files)
    found = answers(model, images)
    answers(model, images, selected=found < 0.5)
    with pytest.raises(ktl.ExportError, match="other labels than the model"):
        verify_on_images("export", model, images)


def test_other_or_more_class_names_are_refused(make_model, files, answers):
    model, images = make_model(), contents(files)
    for names in (["bee", "ant", "cat"], ["ant", "bee", "cat", "dog"]):
        answers(model, images, classes=np.tile(names, (5, 1)))
        with pytest.raises(ktl.ExportError, match="other class names"):
            verify_on_images("export", model, images)


def test_an_export_of_another_model_is_refused(make_model, tmp_path, files):
    with pytest.warns(UserWarning, match="unproven"):
        ktl.export_saved_model(make_model(seed=1), tmp_path / "1", verify_on=None)
    with pytest.raises(ktl.ExportError, match="other probabilities"):
        ktl.verify_export(tmp_path / "1", make_model(seed=2), files)
    proof = ktl.verify_export(tmp_path / "1", make_model(seed=1), files, limit=3)
    assert proof.examples == 3
    assert proof.largest_difference <= 1e-4


def test_what_is_no_export_is_refused_with_the_cause(make_model, tmp_path, files):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ktl.ExportError, match=r"(?s)cannot be served by TensorFlow alone.*empty"):
        ktl.verify_export(tmp_path / "empty", make_model(), files)


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


@pytest.mark.filterwarnings("ignore:.*set aside")
def test_nothing_readable_is_an_error_before_anything_is_written(make_model, tmp_path):
    for source in ([], [tmp_path / "missing.jpg"]):
        with pytest.raises(ValueError, match="at least one readable picture"):
            ktl.export_saved_model(make_model(), tmp_path / "out" / "1", verify_on=source)
    assert not (tmp_path / "out").exists()


def test_class_names_of_any_script_are_served(make_model, tmp_path):
    names = ["café", "ночь", "猫"]
    model = make_model(names)
    images = np.random.default_rng(0).uniform(0, 255, (12, 16, 16, 3))
    labels = np.arange(12) % 3
    data = ktl.load_data((images, labels), image_size=16, class_names=names)
    export = ktl.export_saved_model(model, tmp_path / "1", verify_on=data.test)
    assert ktl.verify_export(export, model, data.test).examples == 3
