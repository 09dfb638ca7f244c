"""A search as a whole, on a small backbone with random weights."""

import csv
import html
import json
import re
import time

import keras
import keras_tuner as kt
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.data.augmented import augmented
from keras_tl.data.split import Split
from keras_tl.tuning.keeping import read_records
from keras_tl.tuning.outcome import metrics_of
from keras_tl.tuning.parallel import environment
from keras_tl.tuning.trainer import Trainer

TRIALS = 5


def search(data, backbone, directory, **options):
    return ktl.search(
        data,
        **{
            "backbones": backbone,
            "max_trials": TRIALS,
            "oracle": "random",
            "epochs": 2,
            "keep": 2,
            "run_dir": directory,
            "verbose": 0,
            **options,
        },
    )


@pytest.fixture(scope="module")
def searched(data, tmp_path_factory):
    directory = tmp_path_factory.mktemp("search") / "run"
    patch = pytest.MonkeyPatch()
    looks = []
    original = Split.read

    def note(self, rows, *args, **options):
        if set(self.numbers) == set(data.test.numbers):
            looks.extend(rows)
        return original(self, rows, *args, **options)

    patch.setattr(Split, "read", note)
    result = search(data, make_small(), directory)
    yield result, (list(looks), looks), directory
    patch.undo()


def make_small():
    from keras import layers

    keras.utils.set_random_seed(0)
    inputs = keras.Input((16, 16, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    for stage in range(3):
        x = layers.Conv2D(4 * 2**stage, 3, strides=2, padding="same", activation="relu")(x)
    return keras.Model(inputs, x, name="small")


def test_the_best_model_has_the_best_score(searched, data):
    result, _, _ = searched
    assert len(result.trials) == TRIALS
    assert {trial.status for trial in result.trials} == {"completed"}
    assert result.best.score == max(trial.score for trial in result.trials)
    found = metrics_of(ktl.evaluate(result.best_model, data.validation))
    assert found["val_accuracy"] == result.best.score
    assert found == dict(result.best.metrics)


def test_the_test_split_is_touched_once(searched, data):
    result, (looks, _), _ = searched
    assert sorted(looks) == list(range(data.test.size))
    assert result.test["accuracy"] == ktl.evaluate(result.best_model, data.test).accuracy


def test_only_the_best_models_are_kept(searched):
    result, _, directory = searched
    kept = [trial.number for trial in result.trials if trial.model]
    ordered = sorted(result.trials, key=lambda trial: -trial.score)
    assert len(kept) == 2
    assert set(kept) == {trial.number for trial in ordered[:2]}
    assert len(list((directory / "tuner").rglob("model.keras"))) == 2
    for name in ("cache", "checkpoints", "logs"):
        assert not list(directory.rglob(name))


def test_keras_tuner_finds_its_way(searched, capsys, data):
    result, _, _ = searched
    result.tuner.results_summary(1)
    assert f"Trial {result.best.number} summary" in capsys.readouterr().out
    (best,) = result.tuner.get_best_models()
    assert ktl.evaluate(best, data.validation).accuracy == result.best.score
    assert result.tuner.get_best_hyperparameters()[0].get("backbone") == "small"


def test_a_model_that_was_not_kept_says_so(searched):
    result, _, _ = searched
    lost = next(trial.number for trial in result.trials if not trial.model)
    with pytest.raises(ValueError, match="must be one of the best 2"):
        result.tuner.load_model(result.tuner.oracle.get_trial(lost))


def test_the_recipe_of_the_best_can_be_followed(searched, data):
    result, _, directory = searched
    assert ktl.Recipe.from_file(directory / "best_recipe.yaml") == result.recipe
    assert result.recipe.phases[0].name == "probe"
    model = ktl.build_classifier(make_small(), data)
    ktl.fine_tune(model, data, result.recipe, verbose=0)


def test_tables_and_report_are_there(searched):
    result, _, directory = searched
    rows = list(csv.DictReader((directory / "trials.csv").read_text().splitlines()))
    assert sorted(row["number"] for row in rows) == [trial.number for trial in result.trials]
    assert json.loads((directory / "trials.json").read_text())
    page = html.unescape(result.report.read_text())
    file = re.escape(str(directory / "backbones" / "small.keras"))
    assert re.search(rf"keras-tl train .*--backbone {file} .*--pooling avg .*--image-size 16", page)
    assert result.best.number in str(result)


def test_the_same_call_again_trains_nothing(searched, data, monkeypatch):
    result, (_, looks), directory = searched
    before = len(looks)
    monkeypatch.setattr(Trainer, "train", None)
    again = search(data, make_small(), directory)
    assert again.best == result.best
    assert again.trials == result.trials
    assert len(looks) == before


@pytest.mark.parametrize("changed", [{"seed": 1}, {"epochs": 3}, {"space": {"dropout": 0.1}}])
def test_another_search_in_the_directory_is_an_error(searched, data, changed):
    _, _, directory = searched
    with pytest.raises(ValueError, match="holds a run with another configuration"):
        search(data, make_small(), directory, **changed)


def test_the_users_backbone_is_not_trained(searched, data, tmp_path):
    backbone = make_small()
    before = backbone.get_weights()
    search(data, backbone, tmp_path, max_trials=1)
    for one, other in zip(before, backbone.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_failed_trial_is_recorded_and_the_search_goes_on(data, tmp_path, monkeypatch):
    original = Trainer.train

    def failing(self, values, directory, parent=None, **options):
        if directory.name.endswith("1"):
            raise ArithmeticError("the loss is not a number")
        return original(self, values, directory, parent, **options)

    monkeypatch.setattr(Trainer, "train", failing)
    result = search(data, make_small(), tmp_path, max_trials=3)
    assert [trial.status for trial in result.trials] == ["completed", "failed", "completed"]
    assert result.trials[1].error == "ArithmeticError: the loss is not a number"


def test_failures_in_a_row_stop_it_with_the_cause(data, tmp_path, monkeypatch):
    def failing(*args, **options):
        raise ArithmeticError("the loss is not a number")

    monkeypatch.setattr(Trainer, "train", failing)
    with pytest.raises(RuntimeError, match=r"3 trials in a row failed.*the loss is not a number"):
        search(data, make_small(), tmp_path, max_trials=9)
    assert [trial.status for trial in read_records(tmp_path / "tuner")] == ["failed"] * 3


def test_without_a_trial_that_succeeds_there_is_no_best(data, tmp_path, monkeypatch):
    def failing(*args, **options):
        raise ArithmeticError("no luck")

    monkeypatch.setattr(Trainer, "train", failing)
    with pytest.raises(RuntimeError, match=r"No trial succeeded.*no luck"):
        search(data, make_small(), tmp_path, max_trials=2)


@pytest.mark.slow
def test_overwrite_begins_anew_and_leaves_other_files(data, tmp_path):
    search(data, make_small(), tmp_path, max_trials=1)
    (tmp_path / "notes.txt").write_text("mine")
    result = search(data, make_small(), tmp_path, max_trials=1, seed=3, overwrite=True)
    assert len(result.trials) == 1
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_when_time_is_over_no_trial_is_begun(data, tmp_path):
    from keras_tl.tuning import tuner

    original = tuner.TransferTuner.run_trial
    patch = pytest.MonkeyPatch()

    def slow(self, trial, *args, **options):
        time.sleep(0.2)
        return original(self, trial, *args, **options)

    patch.setattr(tuner.TransferTuner, "run_trial", slow)
    result = search(data, make_small(), tmp_path, max_minutes=0.1 / 60)
    patch.undo()
    assert len(result.trials) == 1


def test_another_backbone_of_the_same_name_is_another_search(searched, data):
    _, _, directory = searched
    other = make_small()
    other.set_weights([weight + 1 for weight in other.get_weights()])
    with pytest.raises(ValueError, match="holds a run with another configuration"):
        search(data, other, directory)


def test_a_search_chooses_augmentation_itself(data, tmp_path):
    light = augmented(data, "light")
    with pytest.raises(ValueError, match=r"`data` must be loaded without `augment`.*'light'"):
        search(light, make_small(), tmp_path)


def test_chief_and_workers_do_not_overwrite(data, tmp_path, monkeypatch):
    for variable, value in environment("worker1", 4711).items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match="`overwrite` must not be given to chief and workers"):
        search(data, make_small(), tmp_path, overwrite=True)


def test_without_validation_there_is_nothing_to_choose_by(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (12, 16, 16, 3))
    data = ktl.load_data((images, np.arange(12) % 3), image_size=16, validation=0.0)
    with pytest.raises(ValueError, match="`data` must have a validation split"):
        search(data, make_small(), tmp_path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"oracle": "halfing"}, "Did you mean 'halving'"),
        ({"objective": "val_acuracy"}, "Did you mean 'val_accuracy'"),
        ({"keep": 0}, "`keep` must be an integer >= 1"),
        ({"backbones": []}, "`backbones` must be one or more"),
        ({"space": {"depth": 3}}, "Unknown key in `space`"),
    ],
)
def test_a_mistake_is_named(data, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        search(data, make_small(), tmp_path, **options)


@pytest.mark.slow
@pytest.mark.parametrize("oracle", ["bayesian", "hyperband", "grid", "halving"])
def test_every_oracle_ends_with_the_model_that_it_scored(data, tmp_path, oracle):
    result = search(
        data,
        {"one": make_small(), "two": make_small()},
        tmp_path,
        oracle=oracle,
        max_trials=8,
        epochs=4,
        space={"trainable_stages": [0, 2], "recipe": "lp-ft", "dropout": 0.0},
    )
    assert result.best.score == max(t.score for t in result.trials if t.score is not None)
    assert ktl.evaluate(result.best_model, data.validation).accuracy == result.best.score
    assert len(list((tmp_path / "tuner").rglob("model.keras"))) <= 2


@pytest.mark.slow
def test_a_users_own_build_function(data, tmp_path):
    pretrained = make_small()

    def build(hp):
        model = ktl.build_classifier(keras.models.clone_model(pretrained), data)
        model = ktl.freeze(model, -1 - hp.Int("stages", 0, 2))
        rate = hp.Float("rate", 1e-3, 1e-1, sampling="log")
        optimizer = keras.optimizers.Adam(rate)
        model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        return model

    result = search(data, None, tmp_path, hypermodel=build, max_trials=3)
    assert {"stages", "rate"} <= set(result.best.settings)
    assert result.recipe is None
    found = ktl.evaluate(result.best_model, data.validation)
    assert found.accuracy == pytest.approx(result.best.score)
    assert ktl.evaluate(result.best_model, data.test).accuracy == result.test["accuracy"]


@pytest.mark.slow
def test_a_users_own_hypermodel_fits_itself(data, tmp_path):
    """Any model, a `fit` that declares settings and needs what KerasTuner gives it."""

    class Own(kt.HyperModel):
        def build(self, hp):
            model = keras.Sequential([make_small(), keras.layers.Flatten()])
            model.add(keras.layers.Dense(3, activation="softmax"))
            rate = hp.Float("rate", 1e-4, 1e-2, sampling="log")
            optimizer = keras.optimizers.Adam(rate)
            model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
            return model

        def fit(self, hp, model, train, *, validation_data, callbacks, epochs, **_):
            shuffle = hp.Boolean("shuffle")
            model.fit(train, validation_data=validation_data, verbose=0, shuffle=shuffle)
            return model.fit(
                train, validation_data=validation_data, epochs=2, callbacks=callbacks, verbose=0
            )

    result = search(augmented(data, "light"), None, tmp_path, hypermodel=Own(), max_trials=6)
    assert [trial.status for trial in result.trials] == ["completed"] * 6
    assert {trial.settings["shuffle"] for trial in result.trials} == {True, False}
    compiled = keras.saving.load_model(result.best_model_path)
    for split, found in ((data.test, result.test), (data.validation, result.best.metrics)):
        scores = compiled.evaluate(split, verbose=0, return_dict=True)
        name = "accuracy" if split is data.test else "val_accuracy"
        assert found[name] == pytest.approx(scores["accuracy"])
    assert f"accuracy {result.test['accuracy']:.4f}" in str(result)
    assert result.report.is_file()


@pytest.mark.slow
def test_the_depth_curve(data, tmp_path):
    result = search(data, make_small(), tmp_path, max_trials=2, depth_curve=True)
    assert [point.stages for point in result.depth_curve] == [0, 1, 2, 3]
    assert [point.first for point in result.depth_curve] == ["head", "stage3", "stage2", "stage1"]
    parameters = [point.parameters for point in result.depth_curve]
    assert parameters == sorted(set(parameters))
    assert parameters[-1] == result.best_model.count_params()
    for point in result.depth_curve:
        assert len(point.scores) == len(point.seconds) == 3
    assert (tmp_path / "depth_curve.png").is_file()
    assert not list((tmp_path / "depth_curve").rglob("model.keras"))
