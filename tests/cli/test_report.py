import json

import pytest

import keras_tl as ktl
from keras_tl.cli import report


def told(run):
    return json.loads((run / "report.json").read_text())


def test_training_ends_with_a_report_and_says_where(run_dir):
    assert f"Report  {run_dir / 'report.html'}" in (run_dir / "terminal.txt").read_text()
    found = told(run_dir)
    scores = json.loads((run_dir / "metrics.json").read_text())
    assert found["worth"]["accuracy"] == scores["accuracy"]
    baselines = {one["name"]: one["accuracy"] for one in found["baselines"]["baselines"]}
    assert baselines == {name: one["accuracy"] for name, one in scores["baselines"].items()}
    assert found["data"]["is_of_run"]
    (aside,) = found["data"]["set_aside"]
    assert aside["reason"] == "not a picture"
    assert found["model"]["asked"]["backbone"] == "MobileNetV2"


@pytest.fixture
def asked(monkeypatch):
    """What the command asks for, without doing it."""
    calls = {}
    monkeypatch.setattr(ktl, "report", lambda run, **options: calls.update(run=run, **options))
    monkeypatch.setattr(report, "calibrate_run", lambda run: calls.update(calibrated=run))
    return calls


def test_options_are_passed_on(cli, run_dir, tmp_path, asked, data):
    code, text = cli("report", run_dir, "--baselines", "all", "--cache", tmp_path)
    assert code == 0, text
    assert (asked["run"], asked["baselines"], asked["cache"]) == (run_dir, "all", tmp_path)
    assert "calibrated" not in asked
    assert cli("report", run_dir, "--calibrate")[0] == 0
    assert asked["calibrated"] == run_dir


def test_the_model_as_it_began_is_built_from_the_configuration(cli, run_dir, photos, asked):
    from keras_tl.structure.digests import digest_of_weights
    from keras_tl.training.run_directory import RunDirectory

    assert cli("report", run_dir)[0] == 0
    data = ktl.load_data(photos, image_size=32, batch_size=8)
    began = RunDirectory(run_dir).read_config()["fine_tune"]["model"]
    assert digest_of_weights(asked["before"](data).weights) == began


def test_a_directory_that_holds_no_run_is_named(cli, tmp_path):
    code, text = cli("report", tmp_path)
    assert code == 1
    assert "`run_dir` must be the directory of a run" in text
