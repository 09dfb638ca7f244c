import errno

import pytest

from keras_tl.foundation.environment import environment
from keras_tl.foundation.files import discard
from keras_tl.training import run_directory
from keras_tl.training.run_directory import RunDirectory


def test_claims_of_two_sections_stand_side_by_side(tmp_path):
    run = RunDirectory(tmp_path / "run")
    run.claim("train", {"epochs": 3, "size": (4, 5)})
    run.claim("data", {"seed": 0})
    run.claim("train", {"epochs": 3, "size": [4, 5]})
    config = run.read_config()
    assert config["train"] == {"epochs": 3, "size": [4, 5]}
    assert config["data"] == {"seed": 0}
    assert config["environment"] == environment()


def test_every_difference_is_shown(tmp_path):
    run = RunDirectory(tmp_path)
    run.claim("train", {"epochs": 3, "plan": {"depth": 1}, "old": 1})
    with pytest.raises(ValueError, match="another configuration") as caught:
        run.claim("train", {"epochs": 4, "plan": {"depth": 2}, "new": 1})
    for line in (
        "train.epochs: 3 there, 4 asked for",
        "train.plan.depth: 1 there, 2 asked for",
        "train.old: 1 there, None asked for",
        "train.new: None there, 1 asked for",
        "--overwrite",
    ):
        assert line in str(caught.value)


def test_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    run = RunDirectory(tmp_path)
    run.claim("train", {"epochs": 3})
    before = run.config_path.read_text()

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match=r"config.yaml.*No space left"):
        run.claim("data", {"seed": 0})
    assert run.config_path.read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


def test_clearing_removes_the_run_and_nothing_else(tmp_path):
    run = RunDirectory(tmp_path)
    run.claim("train", {})
    (tmp_path / "export" / "1").mkdir(parents=True)
    (tmp_path / "export" / "2").mkdir(parents=True)
    (tmp_path / "notes.txt").write_text("mine")
    run.predictions_path.touch()
    run.clear()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export", "notes.txt"]
    assert [path.name for path in (tmp_path / "export").iterdir()] == ["2"]


def test_clearing_that_was_interrupted_can_be_ended(tmp_path, monkeypatch):
    def discard_then_break(path):
        discard(path)
        raise KeyboardInterrupt

    run = RunDirectory(tmp_path)
    run.claim("train", {})
    run.model_path.touch()
    with monkeypatch.context() as patched:
        patched.setattr(run_directory, "discard", discard_then_break)
        with pytest.raises(KeyboardInterrupt):
            run.clear()
    run.clear()
    assert not list(tmp_path.iterdir())


def test_what_a_configuration_holds_is_known_by_name(tmp_path):
    run = RunDirectory(tmp_path)
    assert (run.recipe_name, run.started_from) == ("", None)
    assert (run.data_settings, run.data_fingerprint) == ({}, None)
    run.claim("fine_tune", {"name": "lp-ft", "model": "0123"})
    run.claim("data", {"source": "digits", "fingerprint": "4567"})
    assert (run.recipe_name, run.started_from) == ("lp-ft", "0123")
    assert run.data_settings["source"] == "digits"
    assert run.data_fingerprint == "4567"


def test_clearing_a_directory_that_is_no_run_removes_nothing(tmp_path):
    (tmp_path / "logs").mkdir()
    RunDirectory(tmp_path).clear()
    assert (tmp_path / "logs").is_dir()


def test_a_model_without_its_history_is_not_a_finished_run(tmp_path):
    run = RunDirectory(tmp_path)
    run.model_path.touch()
    assert not run.is_trained
