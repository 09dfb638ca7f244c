import json
import shutil
import time

import numpy as np
import pytest
import yaml

import keras_tl as ktl
from keras_tl.evaluation.metrics import is_right
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.foundation.files import write_json, write_yaml


def metrics(run):
    return json.loads((run / "metrics.json").read_text())


def test_a_run_leaves_configuration_history_model_scores_and_export(run_dir):
    names = {path.name for path in run_dir.iterdir() if path.suffix != ".txt"}
    files = {"config.yaml", "history.csv", "history.json", "model.keras", "metrics.json"}
    files |= {"test_predictions.npz", "report.html", "report.json"}
    assert names == files | {"export", "logs"}
    assert (run_dir / "export" / "1" / "saved_model.pb").is_file()
    assert ktl.class_names(ktl.load_classifier(run_dir)) == ["bright", "dark"]
    history = json.loads((run_dir / "history.json").read_text())
    assert [phase["name"] for phase in history["phases"]] == ["linear probe", "fine-tuning"]


def test_metrics_hold_accuracy_interval_baselines_and_what_was_set_aside(run_dir):
    found = metrics(run_dir)
    low, high = found["accuracy_interval"]
    assert 0 <= low <= found["accuracy"] <= high <= 1
    assert list(found["baselines"]) == ["majority class", "linear probe"]
    for entry in found["baselines"].values():
        assert set(entry) == {"accuracy", "accuracy_interval"}
    assert found["examples"] == 6
    (aside,) = found["set_aside"]
    assert aside["name"].endswith("dark/bad.jpg")
    assert aside["reason"] == "not a picture"


def test_the_configuration_is_complete(run_dir):
    config = yaml.safe_load((run_dir / "config.yaml").read_text())
    assert {"train", "fine_tune", "data", "environment"} <= set(config)
    assert config["train"]["seed"] == 0
    assert config["train"]["weights"] == "none"
    assert {"python", "keras", "tensorflow", "numpy"} <= set(config["environment"])
    assert len(config["data"]["fingerprint"]) == 32


def test_the_terminal_shows_phases_scores_places_and_how_to_serve(run_dir):
    text = (run_dir / "terminal.txt").read_text()
    for words in (
        "Phase 1/2: linear probe",
        "Phase 2/2: fine-tuning",
        "fine-tuned",
        "95 % interval",
    ):
        assert words in text
    for words in ("majority class", "model.keras", "1 pictures set aside", "tensorflow/serving"):
        assert words in text
    assert "Note: Set aside, but still on disk: 1 beside 40" in text
    assert f'-v "{run_dir.resolve()}/export:/models/photos" -e MODEL_NAME=photos' in text


def test_nothing_of_tensorflow_reaches_the_terminal(run_dir):
    assert (run_dir / "errors.txt").read_text() == ""


def test_the_model_of_the_run_has_the_score_of_the_run(run_dir, photos):
    data = ktl.load_data(photos, image_size=32, batch_size=8)
    scores = ktl.evaluate(ktl.load_classifier(run_dir), data.test).to_dict()
    saved = metrics(run_dir)
    assert scores["accuracy"] == saved["accuracy"]
    assert scores["log_loss"] == pytest.approx(saved["log_loss"], rel=1e-4)


def test_what_the_model_and_its_baselines_said_of_each_picture_is_kept(run_dir, photos):
    data, saved = ktl.load_data(photos, image_size=32, batch_size=8), metrics(run_dir)
    kept = ScoredSplit.from_file(run_dir / "test_predictions.npz")
    found = ktl.predict(ktl.load_classifier(run_dir), data.test)
    np.testing.assert_allclose(kept.probabilities, found.probabilities, atol=1e-5)
    assert kept.names == data.test.names()
    assert kept.right.mean() == saved["accuracy"]
    for name, entry in saved["baselines"].items():
        assert is_right(kept.labels, kept.baseline_decisions[name]).mean() == entry["accuracy"]


def test_a_run_that_was_interrupted_before_its_scores_keeps_them_too(
    cli, run_dir, photos, settings, tmp_path, light
):
    run = shutil.copytree(run_dir, tmp_path / "run")
    (run / "metrics.json").unlink()
    (run / "test_predictions.npz").unlink()
    code, text = cli("train", photos, "--out", run, *settings)
    assert code == 0, text
    before, after = (ScoredSplit.from_file(r / "test_predictions.npz") for r in (run_dir, run))
    np.testing.assert_array_equal(after.probabilities, before.probabilities)
    assert (
        list(after.baseline_decisions)
        == list(before.baseline_decisions)
        == ["majority class", "linear probe"]
    )
    for name, decided in before.baseline_decisions.items():
        np.testing.assert_array_equal(after.baseline_decisions[name], decided)


def untouched(run):
    return {p: p.stat().st_mtime_ns for p in run.rglob("*") if p.is_file()}


def test_the_same_command_again_prints_the_result_and_trains_nothing(
    cli, run_dir, photos, settings, monkeypatch
):
    monkeypatch.setattr("keras_tl.cli.train._train", None)
    before, start = untouched(run_dir), time.monotonic()
    code, text = cli("train", photos, "--out", run_dir, *settings)
    assert code == 0, text
    assert time.monotonic() - start < 5
    assert f"{metrics(run_dir)['accuracy']:.1%}" in text
    assert "tensorflow/serving" in text
    assert untouched(run_dir) == before


def test_other_settings_are_an_error_that_shows_each_difference(cli, run_dir, photos, settings):
    before = untouched(run_dir)
    code, text = cli("train", photos, "--out", run_dir, *settings, "--seed", 7, "--head", "mlp")
    assert code == 1
    assert "holds a run with another configuration" in text
    assert "train.seed: 0 there, 7 asked for" in text
    assert "train.head: 'linear' there, 'mlp' asked for" in text
    assert "--overwrite" in text
    assert "train.epochs" not in text
    assert untouched(run_dir) == before


@pytest.fixture
def light(monkeypatch):
    """Takes the export and the report out of training, which other tests prove."""

    def export(model, path, *, verify_on):
        path.mkdir(parents=True)

    monkeypatch.setattr(ktl, "export_saved_model", export)
    monkeypatch.setattr(ktl, "report", lambda run, **_: run / "report.html")


def test_a_saved_configuration_repeats_the_run(cli, run_dir, tmp_path, light):
    code, text = cli("train", "--config", run_dir / "config.yaml", "--out", tmp_path / "again")
    assert code == 0, text
    first, second = metrics(run_dir), metrics(tmp_path / "again")
    assert second["confusion"] == first["confusion"]
    assert second["accuracy"] == first["accuracy"]
    assert second["log_loss"] == pytest.approx(first["log_loss"], rel=1e-4)
    configs = [
        yaml.safe_load((r / "config.yaml").read_text()) for r in (run_dir, tmp_path / "again")
    ]
    assert configs[0] == configs[1]


def test_options_given_beside_a_configuration_win(cli, run_dir, tmp_path, monkeypatch):
    seen = {}
    monkeypatch.setattr("keras_tl.cli.train._train", lambda settings, *_: seen.update(settings))
    monkeypatch.setattr("keras_tl.cli.train.show_result", lambda _: None)
    config = run_dir / "config.yaml"
    assert cli("train", "--config", config, "--out", tmp_path, "--seed", 5)[0] == 0
    saved = yaml.safe_load(config.read_text())["train"]
    assert seen == {**saved, "seed": 5}


def test_overwrite_begins_anew_and_leaves_other_files(cli, photos, settings, tmp_path, light):
    (tmp_path / "notes.txt").write_text("mine")
    write_yaml(tmp_path / "config.yaml", {"train": {"seed": 99}})
    write_json(tmp_path / "metrics.json", {"accuracy": 0.123})
    (tmp_path / "export" / "1").mkdir(parents=True)
    arguments = ("train", photos, "--out", tmp_path, *settings, "--baselines", "none")
    assert cli(*arguments)[0] == 1
    code, text = cli(*arguments, "--overwrite")
    assert code == 0, text
    assert metrics(tmp_path)["accuracy"] != 0.123
    assert metrics(tmp_path)["baselines"] == {}
    assert yaml.safe_load((tmp_path / "config.yaml").read_text())["train"]["seed"] == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("kind", ["by name", "from a file"])
def test_the_recipe_is_shown_as_it_would_be_followed(cli, photos, tmp_path, kind):
    mine = tmp_path / "mine.yaml"
    ktl.recipe("lp-ft").to_file(mine)
    name = mine if kind == "from a file" else "lp-ft"
    asked = ("--recipe", name, "--epochs", 3, "--learning-rate", 0.01, "--show-recipe")
    code, text = cli("train", photos, "--out", tmp_path / "run", *asked)
    assert code == 0, text
    shown = ktl.Recipe.from_dict(yaml.safe_load(text))
    assert [phase.epochs for phase in shown] == [3, 3]
    assert [phase.learning_rate for phase in shown] == pytest.approx([0.01, 0.001])
    assert not (tmp_path / "run").exists()


def test_epochs_and_rate_reach_the_training(run_dir):
    asked = yaml.safe_load((run_dir / "config.yaml").read_text())["fine_tune"]["phases"]
    assert [phase["epochs"] for phase in asked] == [1, 1]
    assert [phase["learning_rate"] for phase in asked] == pytest.approx([0.01, 0.001])


MISTAKES = [
    (["--backbone", "MobilNetV2"], "Did you mean 'MobileNetV2'"),
    (["--image-size", "16"], "`image_size` must be at least 32 pixels for MobileNetV2"),
    (["--weights", "glyphs", "--backbone", "VGG16"], "belongs to MobileNetV2"),
    (["--weights", "weights.h5"], "which is not a file"),
    (["--boundary", "stage99"], "`boundary` must be one of"),
    (["--recipe", "lpft"], "Did you mean 'lp-ft'"),
    (["--baselines", "some"], "`baselines` must be one of"),
    (["--head", "linnear"], "Did you mean 'linear'"),
    (["--test", "0"], "`test` must be above 0"),
    (["--epochs", "0"], "`epochs` must be an integer >= 1"),
    (["--resize", "croop"], "Did you mean 'crop'"),
    (["--augment", "lihgt"], "Did you mean 'light'"),
]


@pytest.mark.parametrize(("options", "message"), MISTAKES)
def test_a_mistake_is_named_and_claims_no_directory(
    cli, photos, settings, tmp_path, options, message
):
    out = tmp_path / "run"
    code, text = cli("train", photos, "--out", out, *settings, *options)
    assert code == 1
    assert message in text
    assert not out.exists()


def test_a_mistake_with_overwrite_keeps_the_old_run(cli, run_dir, photos, settings):
    before = untouched(run_dir)
    options = ("--overwrite", "--backbone", "MobilNetV2")
    assert cli("train", photos, "--out", run_dir, *settings, *options)[0] == 1
    assert cli("train", "nowhere", "--out", run_dir, *settings, "--overwrite")[0] == 1
    assert untouched(run_dir) == before


def test_a_folder_with_one_class_is_named(cli, tmp_path, photos, settings):
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "bright").symlink_to(photos / "bright")
    code, text = cli("train", tmp_path / "one", "--out", tmp_path / "run", *settings)
    assert code == 1
    assert "at least two classes" in text


def test_a_configuration_that_is_none_is_named(cli, tmp_path):
    code, text = cli("train", "--config", tmp_path / "no.yaml", "--out", tmp_path / "run")
    assert code == 2
    assert "no.yaml is not a file" in text
    write_yaml(tmp_path / "other.yaml", {"search": {}})
    code, text = cli("train", "--config", tmp_path / "other.yaml", "--out", tmp_path / "run")
    assert code == 2
    assert "holds no section `train`" in text


def test_a_directory_that_cannot_be_written_is_named(cli, photos, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    code, text = cli("train", photos, "--out", tmp_path / "file" / "run", *settings)
    assert code == 1
    assert "Could not write" in text
