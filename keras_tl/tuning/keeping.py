"""The models of a search: the best are kept, the others are let go as soon as they are known."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import keras_tuner as kt

from keras_tl.foundation.files import discard
from keras_tl.tuning.budget import Budget
from keras_tl.tuning.oracles.draws import active_values
from keras_tl.tuning.outcome import Outcome
from keras_tl.tuning.records import COMPLETED, FAILED, RUNNING, TrialRecord
from keras_tl.tuning.settings import plain

PREFIX = "trial_"
_ENDED = {"COMPLETED": COMPLETED, "FAILED": FAILED, "INVALID": FAILED}


def read_records(project: Path) -> list[TrialRecord]:
    """Returns what is known of the trials in KerasTuner's directory, in the order of numbers."""
    return [_record(directory) for directory in _directories(project)]


def kept_model(project: Path, number: str) -> Path | None:
    """Returns the model of a trial, if it is there."""
    directory = project / f"{PREFIX}{number}"
    outcome = Outcome.read(directory)
    path = directory / outcome.model if outcome else None
    return path if path and path.is_file() else None


def ended(project: Path) -> set[str]:
    """Returns the trials that have come to an end and are recorded so."""
    ends = (path for path in _directories(project) if _read(path)["status"] in _ENDED)
    return {path.name.removeprefix(PREFIX) for path in ends}


def promotable(project: Path, epochs: int) -> set[str]:
    """Returns the trials that Hyperband or halving may still go on from.

    They are those that trained less than `epochs`, the probe alone left out, and that no ended
    trial has gone on from.
    """
    found: dict[str, Budget] = {}
    for directory in _directories(project):
        trial = _read(directory)
        if trial["status"] in _ENDED:
            values = trial["hyperparameters"]["values"]
            found[directory.name.removeprefix(PREFIX)] = Budget.of(values, epochs)
    parents = {budget.parent for budget in found.values()}
    return {number for number, b in found.items() if 0 < b.epochs < epochs} - parents


def let_go(project: Path, numbers: Collection[str]) -> None:
    """Removes all that is large of some trials: models, checkpoints, logs."""
    for directory in _directories(project):
        if directory.name.removeprefix(PREFIX) in numbers:
            for path in directory.rglob("model.keras"):
                discard(path)
            _tidy(directory)


def tidy(project: Path, number: str) -> None:
    """Removes what only a trial that goes on needs, and the logs of a finished one."""
    _tidy(project / f"{PREFIX}{number}")


def _tidy(directory: Path) -> None:
    for name in ("checkpoints", "cache", "logs"):
        for path in directory.rglob(name):
            discard(path)


def _directories(project: Path) -> Iterator[Path]:
    return iter(sorted(path.parent for path in project.glob(f"{PREFIX}*/trial.json")))


def _record(directory: Path) -> TrialRecord:
    trial = _read(directory)
    outcome = Outcome.read(directory)
    status = _ENDED.get(trial["status"], RUNNING)
    number = directory.name.removeprefix(PREFIX)
    return TrialRecord(
        number,
        status,
        _settings(trial["hyperparameters"]),
        trial["score"] if status == COMPLETED else None,
        dict(outcome.metrics) if outcome else {},
        outcome.epochs if outcome else 0,
        outcome.seconds if outcome else 0.0,
        outcome.notes if outcome else (),
        _last_line(trial["message"]) if status == FAILED else "",
        kept_model(directory.parent, number),
    )


def _settings(config: dict[str, Any]) -> dict[str, Any]:
    """Returns the values that act in a trial by plain names, without those of its budget."""
    hp = kt.HyperParameters.from_config(config)
    found = plain(active_values(hp.space, hp.values))
    return {name: value for name, value in found.items() if "/" not in name}


def _read(directory: Path) -> dict[str, Any]:
    """Reads what KerasTuner knows of a trial."""
    return json.loads((directory / "trial.json").read_text(encoding="utf-8"))


def _last_line(message: str | None) -> str:
    lines = (message or "").strip().splitlines()
    return lines[-1] if lines else "no message"
