import json

import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.evaluation.run_data import run_data
from keras_tl.evaluation.scored_run import score_test, scored
from keras_tl.foundation.files import write_json
from keras_tl.models.temperature import temperature
from keras_tl.training.run_directory import RunDirectory


@pytest.fixture(scope="module")
def run(make_model, tmp_path_factory):
    """A run on digits with what a baseline said of them, and scores beside other facts."""
    directory = RunDirectory(tmp_path_factory.mktemp("run"))
    data = ktl.load_data("digits", image_size=16, labels_per_class=8)
    model = make_model(data.class_names)
    recipe = ktl.recipe("full", epochs=4, learning_rate=0.01)
    ktl.fine_tune(model, data, recipe, run_dir=directory.path, verbose=0)
    found = score_test(directory, model, data, {"majority class": np.zeros(data.test.size, int)})
    found.to_file(directory.predictions_path)
    write_json(directory.metrics_path, {**found.scores.to_dict(), "set_aside": []})
    return directory


def test_the_model_and_what_is_known_of_it_are_calibrated(cli, run):
    before, split = scored(run.path), run_data(run.path).validation
    loss = ktl.evaluate(ktl.load_classifier(run.path), split).log_loss
    code, text = cli("calibrate", run.path)
    assert code == 0, text
    model, after = ktl.load_classifier(run.path), scored(run.path)
    assert temperature(model) != 1.0
    assert ktl.evaluate(model, split).log_loss < loss
    assert f"Temperature 1 -> {temperature(model):.3g}" in text
    assert f"keras-tl export {run.path}" in text
    np.testing.assert_array_equal(after.decided, before.decided)
    assert not np.array_equal(after.probabilities, before.probabilities)
    assert list(after.baseline_decisions) == ["majority class"]
    saved = json.loads(run.metrics_path.read_text())
    assert saved["log_loss"] == after.scores.log_loss != before.scores.log_loss
    assert saved["accuracy"] == before.scores.accuracy
    assert saved["set_aside"] == []


def test_what_is_no_run_is_named(cli, tmp_path):
    code, text = cli("calibrate", tmp_path)
    assert code == 1
    assert "`run_dir` must be the directory of a run that has ended" in text
