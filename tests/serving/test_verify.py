import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.serving.card_file import read_card
from keras_tl.serving.proving import prove
from keras_tl.serving.proving.measure import bytes_of

NAMES = ["ant", "bee", "cat"]
HEAD = pytest.param("head", marks=pytest.mark.slow)


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
        given = {**outputs, **changed.pop("all", {})}
        alone = {name: value[:2] for name, value in given.items()}
        groups = {"all": given, "again": given, "alone": alone, "bad": {"error": "Invalid"}}
        monkeypatch.setattr(prove, "serve", lambda *_, **__: {**groups, **changed})
        return found

    return give


def contents(files):
    return [file.read_bytes() for file in files]


@pytest.mark.parametrize("multi_label", [False, True])
def test_a_right_export_is_proven(make_model, files, answers, multi_label):
    model, images = make_model(multi_label=multi_label), contents(files)
    answers(model, images)
    proof = ktl.verify_export("export", model, files)
    assert proof.examples == 5
    assert proof.largest_difference == 0
    assert proof.label_agreement == 1
    assert proof.batch_difference == proof.repeat_difference == 0
    assert proof.bad_images == "raise"


@pytest.mark.parametrize("difference", [2e-4, np.nan, np.inf])
def test_other_probabilities_are_refused(make_model, files, answers, difference):
    model, images = make_model(), contents(files)
    found = answers(model, images)
    wrong = found.copy()
    wrong[3, 1] += difference
    answers(model, images, all={"probabilities": wrong})
    with pytest.raises(ktl.ExportError, match="other probabilities than the model"):
        ktl.verify_export("export", model, files)


def test_probabilities_within_the_tolerance_are_accepted(make_model, files, answers):
    model, images = make_model(), contents(files)
    found = answers(model, images)
    answers(model, images, all={"probabilities": found + 5e-5})
    proof = ktl.verify_export("export", model, files)
    assert 4e-5 < proof.largest_difference <= proof.tolerance == 1e-4
    with pytest.raises(ktl.ExportError, match=r"allowed 1e-06"):
        ktl.verify_export("export", model, files, tolerance=1e-6)


def test_other_labels_are_refused(make_model, files, answers):
    model, images = make_model(), contents(files)
    found = answers(model, images)
    worst = np.array(ktl.class_names(model))[found.argmin(axis=1)]
    answers(model, images, all={"label": worst})
    with pytest.raises(ktl.ExportError, match="other labels than the model"):
        ktl.verify_export("export", model, files)


def test_another_selection_is_refused(make_model, files, answers):
    model, images = make_model(multi_label=True), contents(files)
    found = answers(model, images)
    answers(model, images, all={"selected": found < 0.5})
    with pytest.raises(ktl.ExportError, match="other labels than the model"):
        ktl.verify_export("export", model, files)


def test_other_or_more_class_names_are_refused(make_model, files, answers):
    model, images = make_model(), contents(files)
    for names in (["bee", "ant", "cat"], ["ant", "bee", "cat", "dog"]):
        answers(model, images, all={"classes": np.tile(names, (5, 1))})
        with pytest.raises(ktl.ExportError, match="other class names"):
            ktl.verify_export("export", model, files)


def test_an_export_of_another_model_is_refused(make_model, tmp_path, files):
    with pytest.warns(UserWarning, match="unproven"):
        ktl.export_saved_model(make_model(seed=1), tmp_path / "1", verify_on=None)
    with pytest.raises(ktl.ExportError, match="other probabilities"):
        ktl.verify_export(tmp_path / "1", make_model(seed=2), files, limit=3)


def test_no_more_pictures_are_taken_than_asked_for(make_model, files, answers):
    model = make_model()
    answers(model, contents(files[:3]))
    assert ktl.verify_export("export", model, files, limit=3).examples == 3


def test_what_is_no_export_is_refused_with_the_cause(make_model, tmp_path, files):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ktl.ExportError, match=r"(?s)cannot be run by TensorFlow alone.*empty"):
        ktl.verify_export(tmp_path / "empty", make_model(), files)


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
    with pytest.warns(UserWarning, match="unproven"):
        export = ktl.export_saved_model(model, tmp_path / "1", verify_on=None)
    assert ktl.verify_export(export, model, data.test).examples == 3


def renamed(model, names):
    """The same weights under other class names."""
    config = model.get_config()
    (layer,) = (layer for layer in config["layers"] if layer["name"] == "probabilities")
    layer["config"]["class_names"] = names
    changed = type(model).from_config(config)
    changed.set_weights(model.get_weights())
    return changed


@pytest.mark.filterwarnings("ignore:.*unproven")
@pytest.mark.parametrize("file_format", ["saved_model", HEAD, "litert", "onnx"])
def test_an_export_is_proven_again_and_a_changed_order_of_classes_refused(
    make_model, export_as, tmp_path, data, file_format
):
    model = make_model()
    path = export_as(file_format, model, tmp_path, verify_on=None)
    proof = ktl.verify_export(path, model, data)
    assert proof.accuracy == proof.model_accuracy == ktl.evaluate(model, data.test).accuracy
    changed = renamed(model, ["bee", "ant", "cat"])
    with pytest.raises(ktl.ExportError, match=r"other class names than the model: \['ant', 'bee'"):
        ktl.verify_export(path, changed, data)


def test_accuracy_of_the_export_is_that_of_the_model_and_can_be_demanded(make_model, data, answers):
    model, split = make_model(), data.train.in_order()
    answers(model, split.encoded())
    expected = ktl.evaluate(model, split).accuracy
    proof = ktl.verify_export("export", model, split, accuracy_at_least=expected - 0.001)
    assert proof.accuracy == pytest.approx(expected)
    with pytest.raises(ktl.ExportError, match=r"right on .*% of 42 pictures, less than the 99\.0%"):
        ktl.verify_export("export", model, split, accuracy_at_least=0.99)


def test_an_accuracy_needs_labels_of_the_same_classes(make_model, files, data):
    for model, source in ((make_model(), files), (make_model(["x", "y", "z"]), data.test)):
        with pytest.raises(
            ValueError, match=r"`accuracy_at_least` needs `verify_on` to be a split"
        ):
            ktl.verify_export("export", model, source, accuracy_at_least=0.5)
    with pytest.raises(ValueError, match=r"`accuracy_at_least` must be between 0\.0 and 1\.0"):
        ktl.verify_export("export", make_model(), data.test, accuracy_at_least=90)


def test_accuracy_of_several_labels_counts_pictures_that_are_right_in_all(make_model, answers):
    model = make_model(multi_label=True)
    images = np.random.default_rng(0).integers(0, 256, (6, 16, 16, 3))
    labels = model.predict_on_batch(images.astype("float32")) >= 0.5
    labels[4:, 0] ^= True
    given = (images, labels.astype(int))
    options = {"class_names": NAMES, "multi_label": True, "validation": 0.0, "test": 0.0}
    data = ktl.load_data(given, image_size=16, **options)
    split = data.whole()
    answers(model, split.encoded())
    proof = ktl.verify_export("export", model, split)
    assert proof.accuracy == pytest.approx(4 / 6)
    assert proof.accuracy == ktl.evaluate(model, split).accuracy


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*unproven")
def test_of_several_versions_the_served_one_is_proven(make_model, tmp_path, files):
    for number in (9, 10):
        model = make_model(seed=number)
        ktl.export_saved_model(model, tmp_path / str(number), verify_on=None)
    assert ktl.verify_export(tmp_path, model, files).bad_images == "nan"


@pytest.mark.parametrize(
    "file_format", [pytest.param("saved_model", marks=pytest.mark.slow), "litert", "onnx"]
)
def test_the_proof_and_what_was_measured_are_written_into_the_export(
    make_model, export_as, tmp_path, files, file_format
):
    path = export_as(file_format, make_model(), tmp_path, verify_on=files, measure=True)
    proof = ktl.Verification.from_dict(read_card(path)["verification"])
    assert proof.examples == 5
    assert proof.largest_difference <= proof.tolerance
    measured = proof.measurement
    assert measured.bytes == pytest.approx(bytes_of(path), abs=3000)
    assert 0 < measured.latency <= measured.latency_p95
    assert measured.cold_start > 0
    assert set(measured.throughput) == {1, 8, 32}
    assert "throughput, batch of 32" in str(proof)
