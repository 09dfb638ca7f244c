"""The models of a search: the best are kept, the others are let go as soon as they are known."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import keras_tuner as kt

from keras_tl.foundation.files import discard
from keras_tl.tuning.budget import EPOCHS, parent_of
from keras_tl.tuning.oracles.draws import HEAD_SETTINGS, active_values
from keras_tl.tuning.outcome import ERROR, Outcome, read_error
from keras_tl.tuning.records import COMPLETED, FAILED, RUNNING, TrialRecord
from keras_tl.tuning.settings import plain

PREFIX = "trial_"
_ROUND = ("tuner/bracket", "tuner/round", "tuner/rung")
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


def last_error(project: Path) -> str:
    """Returns what ended the trial that failed last; empty if none has."""
    found = sorted(project.glob(f"{PREFIX}*/{ERROR}"), key=lambda path: path.stat().st_mtime)
    return read_error(found[-1].parent) if found else ""


def ended(project: Path) -> set[str]:
    """Returns the trials that have come to an end and are recorded so."""
    ends = (path for path in _directories(project) if _read(path)["status"] in _ENDED)
    return {path.name.removeprefix(PREFIX) for path in ends}


def still_needed(
    project: Path, places_after: Callable[[Mapping[str, Any]], int], direction: str
) -> set[str]:
    """Returns the trials whose models others begin with: now, or perhaps later.

    Now are those that a running trial began with. Later, of each round of Hyperband or halving, as
    many of the best as may go on from it beside those that have.

    Args:
        project: KerasTuner's directory.
        places_after: Of the values of a trial, how many of its round go on.
        direction: `"max"` if more is better, else `"min"`.
    """
    trials = {d.name.removeprefix(PREFIX): _read(d) for d in _directories(project)}
    values = {number: trial["hyperparameters"]["values"] for number, trial in trials.items()}
    parents = {number: parent_of(found) for number, found in values.items()}
    running = {number for number, trial in trials.items() if trial["status"] not in _ENDED}
    needed = {parent for number in running if (parent := parents[number])}
    for members in _rounds(values).values():
        begun = set(members) & set(parents.values())
        places = places_after(values[members[0]]) - len(begun)
        scores = {n: trials[n]["score"] for n in members if n not in begun}
        needed |= _best(scores, places, direction)
    return needed


def _rounds(values: Mapping[str, Mapping[str, Any]]) -> dict[tuple[Any, ...], list[str]]:
    """Returns the trials of each round, by what tells rounds apart."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for number, of_trial in values.items():
        found.setdefault(tuple(map(of_trial.get, _ROUND)), []).append(number)
    return found


def _best(scores: Mapping[str, float | None], places: int, direction: str) -> set[str]:
    """Returns the best, more than `places` if some are equally good."""
    better = sorted((s for s in scores.values() if s is not None), reverse=direction == "max")
    if not better or places < 1:
        return set()
    last = better[:places][-1]
    return {n for n, s in scores.items() if s in better[:places] or s == last}


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
        _error(directory, trial["message"]) if status == FAILED else "",
        kept_model(directory.parent, number),
        parent_of(trial["hyperparameters"]["values"]),
    )


def _settings(config: dict[str, Any]) -> dict[str, Any]:
    """Returns the values that act in a trial by plain names, without those of its budget.

    Where only the shared probe is scored, only those of the head act.
    """
    hp = kt.HyperParameters.from_config(config)
    found = plain(active_values(hp.space, hp.values))
    is_probe = hp.values.get(EPOCHS) == 0
    return {
        name: value
        for name, value in found.items()
        if (name in HEAD_SETTINGS if is_probe else "/" not in name)
    }


def _read(directory: Path) -> dict[str, Any]:
    """Reads what KerasTuner knows of a trial."""
    return json.loads((directory / "trial.json").read_text(encoding="utf-8"))


def _error(directory: Path, message: str | None) -> str:
    """Returns what ended a trial; where it did not say so itself, the end of KerasTuner's words."""
    lines = (message or "no message").strip().splitlines()
    return read_error(directory) or lines[-1]
