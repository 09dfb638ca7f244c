from dataclasses import replace

import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.evaluation import scored_run
from keras_tl.evaluation.run_data import run_data
from keras_tl.evaluation.scored_run import score_test, scored
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.models.temperature import set_temperature
from keras_tl.training.run_directory import RunDirectory


@pytest.fixture
def nothing_is_asked(monkeypatch):
    monkeypatch.setattr(scored_run, "predict_split", None)


def test_a_run_without_the_file_is_asked_once(copy_of_run, monkeypatch):
    data, model = run_data(copy_of_run), ktl.load_classifier(copy_of_run)
    found = scored(copy_of_run)
    np.testing.assert_array_equal(found.probabilities, ktl.predict(model, data.test).probabilities)
    np.testing.assert_array_equal(found.labels, data.test.labels)
    assert found.names == data.test.names()
    assert found.class_names == data.class_names
    assert tuple(found.digests) == data.test.digests
    assert found.fingerprint == data.fingerprint
    assert found.baseline_decisions == {}
    monkeypatch.setattr(scored_run, "predict_split", None)
    np.testing.assert_array_equal(scored(copy_of_run).probabilities, found.probabilities)


def test_what_baselines_decided_is_read(copy_of_run, nothing_is_asked):
    run, data = RunDirectory(copy_of_run), run_data(copy_of_run)
    decided = {"majority class": np.zeros(data.test.size, int)}
    with pytest.MonkeyPatch.context() as undone:
        found = np.eye(10)[data.test.labels]
        undone.setattr(scored_run, "predict_split", lambda *_, **__: found)
        score_test(run, None, data, decided).to_file(run.predictions_path)
    found = scored(copy_of_run)
    assert found.right.all()
    assert not found.baseline_decisions["majority class"].any()


def test_another_model_is_asked_anew_and_baselines_are_kept(copy_of_run):
    run, data = RunDirectory(copy_of_run), run_data(copy_of_run)
    model = ktl.load_classifier(copy_of_run)
    decided = {"majority class": np.zeros(data.test.size, int)}
    score_test(run, model, data, decided).to_file(run.predictions_path)
    before = scored(copy_of_run)
    set_temperature(model, 3.0)
    run.save_model(model)
    after = scored(copy_of_run)
    assert not np.array_equal(after.probabilities, before.probabilities)
    assert list(after.baseline_decisions) == ["majority class"]
    assert ScoredSplit.from_file(run.predictions_path).model == after.model != before.model


def test_data_and_model_that_are_there_are_not_loaded_again(copy_of_run, monkeypatch):
    data, model = run_data(copy_of_run), ktl.load_classifier(copy_of_run)
    monkeypatch.setattr(scored_run, "run_data", None)
    monkeypatch.setattr(scored_run, "load_classifier", None)
    found = scored(copy_of_run, data=data, model=model)
    assert found.size == data.test.size
    assert (copy_of_run / "test_predictions.npz").is_file()


def test_other_data_are_scored_but_not_kept(copy_of_run):
    scored(copy_of_run)
    kept = (copy_of_run / "test_predictions.npz").read_bytes()
    other = ktl.load_data("digits", image_size=16, labels_per_class=8, seed=5)
    assert scored(copy_of_run, data=other).fingerprint == other.fingerprint
    assert (copy_of_run / "test_predictions.npz").read_bytes() == kept


def test_a_directory_that_cannot_be_written_is_scored_all_the_same(copy_of_run, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ScoredSplit, "to_file", full)
    assert scored(copy_of_run).size > 0


def test_a_broken_file_is_named(copy_of_run):
    (copy_of_run / "test_predictions.npz").write_bytes(b"half")
    with pytest.raises(ValueError, match="Delete it, and the model is asked again"):
        scored(copy_of_run)


def test_a_run_without_a_test_split_is_named(copy_of_run):
    run, data = RunDirectory(copy_of_run), run_data(copy_of_run)
    none = replace(data, test=data.test.with_images_of(data.test, np.arange(0)))
    with pytest.raises(ValueError, match="`data` must have a test split"):
        score_test(run, ktl.load_classifier(copy_of_run), none)
