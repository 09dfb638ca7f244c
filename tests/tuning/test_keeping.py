import json

import keras_tuner as kt
import pytest

from keras_tl.tuning.keeping import (
    ended,
    kept_model,
    last_error,
    let_go,
    read_records,
    still_needed,
    tidy,
)
from keras_tl.tuning.outcome import Outcome, write_error


@pytest.fixture
def add(tmp_path):
    """Writes a trial as KerasTuner does, with a model of ours."""

    def write(number, status="COMPLETED", score=0.5, message=None, model=True, **values):
        directory = tmp_path / f"trial_{number}"
        run = directory / "batches of 8"
        run.mkdir(parents=True)
        hp = kt.HyperParameters()
        hp.Choice("backbone", ["A", "B"])
        for name in "AB":
            with hp.conditional_scope("backbone", [name]):
                hp.Int(f"trainable_stages ({name})", 0, 3)
        hp.values = {"backbone": "A", "trainable_stages (A)": 2, **values}
        state = {
            "status": status,
            "score": score,
            "message": message,
            "hyperparameters": hp.get_config(),
        }
        (directory / "trial.json").write_text(json.dumps(state))
        if model:
            (run / "model.keras").write_bytes(b"weights")
            outcome = Outcome({"val_accuracy": 0.5}, "batches of 8/model.keras", 3, 1.5, ("note",))
            outcome.write(directory)
        for name in ("checkpoints", "logs"):
            (run / name).mkdir()
        return directory

    return write


def test_what_is_known_of_a_trial(add, tmp_path):
    directory = add("0")
    (record,) = read_records(tmp_path)
    assert (record.number, record.status, record.score) == ("0", "completed", 0.5)
    assert record.settings == {"backbone": "A", "trainable_stages": 2}
    assert (record.epochs, record.seconds, record.notes) == (3, 1.5, ("note",))
    assert record.model == directory / "batches of 8" / "model.keras"


def test_settings_of_the_backbone_that_was_not_chosen_are_left_out(add, tmp_path):
    """As they come back over the wire from a chief."""
    add("0", **{"trainable_stages (B)": 1, "tuner/epochs": 3})
    (record,) = read_records(tmp_path)
    assert record.settings == {"backbone": "A", "trainable_stages": 2}


def test_a_failed_trial_has_its_error(add, tmp_path):
    add("0", "FAILED", None, "Traceback\n  line\nValueError: no\n", model=False)
    add("1", "RUNNING", None, model=False)
    failed, running = read_records(tmp_path)
    assert (failed.status, failed.error, failed.model) == ("failed", "ValueError: no", None)
    assert (running.status, running.score) == ("running", None)
    assert ended(tmp_path) == {"0"}


def test_letting_go_leaves_what_is_known(add, tmp_path):
    first, second = add("0"), add("1")
    let_go(tmp_path, {"0"})
    assert kept_model(tmp_path, "0") is None
    assert kept_model(tmp_path, "1") == second / "batches of 8" / "model.keras"
    assert Outcome.read(first) is not None
    assert len(read_records(tmp_path)) == 2
    assert [p.name for p in (first / "batches of 8").iterdir()] == []
    assert (second / "batches of 8" / "checkpoints").is_dir()
    tidy(tmp_path, "1")
    assert [p.name for p in (second / "batches of 8").iterdir()] == ["model.keras"]


def test_an_error_of_several_lines_is_told_by_its_first(add, tmp_path):
    """TensorFlow's end in the name of an operation; KerasTuner's chief hears nothing at all."""
    write_error(add("0", "FAILED", None), ValueError("no such place\n\t [[node]] [Op:Cast]"))
    write_error(add("1", "FAILED", None), ArithmeticError())
    first, second = read_records(tmp_path)
    assert first.error == "ValueError: no such place"
    assert second.error == last_error(tmp_path) == "ArithmeticError"


def test_of_a_probe_only_the_settings_of_the_head_act(add, tmp_path):
    add("0", **{"tuner/epochs": 0})
    (record,) = read_records(tmp_path)
    assert record.settings == {"backbone": "A"}


ROUND = {"tuner/bracket": 1, "tuner/round": 0, "tuner/epochs": 3, "tuner/initial_epoch": 0}
NEXT = {"tuner/bracket": 1, "tuner/round": 1, "tuner/epochs": 9, "tuner/initial_epoch": 3}


def places(values):
    """Two of the first round go on, none of the second."""
    return 2 if values["tuner/round"] == 0 else 0


def test_of_a_round_as_many_are_kept_as_may_go_on(add, tmp_path):
    for number, score in enumerate([0.5, 0.9, 0.7, 0.8]):
        add(str(number), score=score, **ROUND)
    add("4", "FAILED", None, model=False, **ROUND)
    assert still_needed(tmp_path, places, "max") == {"1", "3"}
    assert still_needed(tmp_path, places, "min") == {"0", "2"}


def test_equally_good_ones_are_all_kept(add, tmp_path):
    for number, score in enumerate([0.5, 0.9, 0.8, 0.8]):
        add(str(number), score=score, **ROUND)
    assert still_needed(tmp_path, places, "max") == {"1", "2", "3"}


def test_where_a_running_trial_began_is_kept_until_it_has_ended(add, tmp_path):
    for number, score in enumerate([0.5, 0.9, 0.7, 0.8]):
        add(str(number), score=score, **ROUND)
    add("4", "RUNNING", None, model=False, **NEXT, **{"tuner/trial_id": "1"})
    assert still_needed(tmp_path, places, "max") == {"1", "3"}
    add("5", score=0.95, **NEXT, **{"tuner/trial_id": "3"})
    assert still_needed(tmp_path, places, "max") == {"1"}


def test_without_rounds_none_is_kept(add, tmp_path):
    add("0")
    assert still_needed(tmp_path, lambda values: 0, "max") == set()
