"""The tuner with a trainer that only writes files."""

import os
from dataclasses import dataclass
from pathlib import Path

import keras_tuner as kt
import pytest

from keras_tl.tuning.keeping import read_records
from keras_tl.tuning.oracles.table import make_oracle
from keras_tl.tuning.outcome import Outcome
from keras_tl.tuning.parallel import ID
from keras_tl.tuning.tuner import TransferTuner


@dataclass
class Pretends:
    """Leaves a file in the place of a model; the score is a setting."""

    epochs: int = 9

    def train(self, values, directory, parent=None):
        Path(directory, "model.keras").write_bytes(b"weights")
        return Outcome({"val_accuracy": values["rate"]}, "model.keras", 1, 0.1)


def make(directory, oracle="random", trials=4, keep=2, after=lambda records: None, **options):
    space = kt.HyperParameters()
    space.Float("rate", 0.0, 1.0)
    found = make_oracle(oracle, space, max_trials=trials, epochs=9, seed=0, **options)
    return TransferTuner(Pretends(), found, directory, keep=keep, after_trial=after)


def numbers(directory):
    return [record.number for record in read_records(directory / "tuner")]


@pytest.mark.parametrize(("first", "then"), [("tuner0", "chief"), ("chief", "tuner0")])
def test_a_search_goes_on_in_processes_of_other_names(tmp_path, monkeypatch, first, then):
    monkeypatch.setenv(ID, first)
    make(tmp_path, trials=4).search(verbose=0)
    before = read_records(tmp_path / "tuner")
    monkeypatch.setenv(ID, then)
    again = make(tmp_path, trials=6)
    assert len(again.oracle.trials) == 4
    again.search(verbose=0)
    assert len(read_records(tmp_path / "tuner")) == 6
    assert [r.settings for r in read_records(tmp_path / "tuner")[:4]] == [
        r.settings for r in before
    ]


def test_killed_before_the_tuner_wrote_its_own_file(tmp_path):
    make(tmp_path).search(verbose=0)
    os.remove(tmp_path / "tuner" / "tuner0.json")
    assert len(make(tmp_path).oracle.trials) == 4


@pytest.mark.parametrize(
    ("oracle", "trials", "most"),
    [("random", 12, 2), ("grid", 8, 2), ("hyperband", 30, 2 + 3), ("halving", 30, 2 + 6)],
)
def test_never_more_models_than_are_best_or_may_go_on(tmp_path, oracle, trials, most):
    """Of its largest round Hyperband promotes 3 trials, halving 6."""
    found = []

    def count(_):
        found.append(len(list(tmp_path.rglob("model.keras"))))

    tuner = make(tmp_path, oracle, trials=trials, after=count)
    tuner.search(verbose=0)
    assert len(tuner.oracle.trials) > 7
    assert max(found) <= most
    assert len(list(tmp_path.rglob("model.keras"))) == 2


def test_what_goes_on_begins_with_the_model_of_the_round_before(tmp_path, monkeypatch):
    begun = []
    original = Pretends.train

    def note(self, values, directory, parent=None):
        begun.append((values.get("tuner/trial_id"), parent and parent.parent.name))
        return original(self, values, directory, parent)

    monkeypatch.setattr(Pretends, "train", note)
    make(tmp_path, "hyperband", trials=30).search(verbose=0)
    promoted = [pair for pair in begun if pair[0]]
    assert len(promoted) > 4
    assert all(directory == f"trial_{number}" for number, directory in promoted)


def test_after_failures_in_a_row_no_trial_begins_and_all_are_recorded(tmp_path, monkeypatch):
    def fail(*_):
        raise ArithmeticError("the loss\nis not a number")

    monkeypatch.setattr(Pretends, "train", fail)
    tuner = make(tmp_path, trials=9)
    tuner.search(verbose=0)
    records = read_records(tmp_path / "tuner")
    assert [record.status for record in records] == ["failed"] * 3
    assert {record.error for record in records} == {"ArithmeticError: the loss"}
    assert tuner.oracle.has_failed_too_often


def test_the_next_session_goes_on_after_failures(tmp_path, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(Pretends, "train", lambda *_: 1 / 0)
        make(tmp_path, trials=5).search(verbose=0)
    make(tmp_path, trials=5).search(verbose=0)
    statuses = [record.status for record in read_records(tmp_path / "tuner")]
    assert statuses == ["failed"] * 3 + ["completed"] * 2
