"""The end of a search: the best model, its one look at the test split, the sweep, the report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from keras_tl.data.dataset import Data
from keras_tl.foundation.files import write_json
from keras_tl.foundation.progress import bars
from keras_tl.training.recipe import Recipe
from keras_tl.tuning.depth_curve import all_that_acts, depth_curve, trainings
from keras_tl.tuning.keeping import read_records
from keras_tl.tuning.own_models import OwnModels
from keras_tl.tuning.probes import probe_recipe
from keras_tl.tuning.records import COMPLETED, FAILED, DepthPoint, TrialRecord
from keras_tl.tuning.reporting.ranking import ranked
from keras_tl.tuning.reporting.report import write_report
from keras_tl.tuning.result import SearchResult
from keras_tl.tuning.settings import Settings
from keras_tl.tuning.study import Study
from keras_tl.tuning.trainer import Trainer
from keras_tl.tuning.tuner import TransferTuner

RECIPE, TEST, SWEEP = "best_recipe.yaml", "test.json", "depth_curve"


class NothingFoundError(RuntimeError):
    """No trial has succeeded."""


def conclude(
    study: Study, tuner: TransferTuner, data: Data, directory: Path, *, sweep: bool, show: bool
) -> SearchResult:
    """Returns what a search found, and writes it; what was written already is not done again.

    Args:
        study: What was searched.
        tuner: The tuner, its trials over.
        data: The data; of its test split the best model is scored once.
        directory: Directory of the search.
        sweep: Whether every freeze depth is to be trained at the best settings.
        show: Whether to show a progress bar.

    Raises:
        NothingFoundError: If no trial has succeeded; it gives the cause of the last failure.
    """
    found = interim(tuner, directory)
    trainer = study.trainer if isinstance(study.trainer, Trainer) else None
    found = replace(
        found,
        recipe=_recipe(trainer, found, directory / RECIPE) if trainer else None,
        test=_test_scores(study.trainer, found.best, data, directory / TEST),
    )
    fixed = _fixed(study, found.best, data)
    found = replace(found, report=_report(found, fixed))
    if trainer is None or not sweep:
        return found
    found = replace(found, depth_curve=tuple(_sweep(trainer, found, show)))
    return replace(found, report=_report(found, fixed))


def interim(tuner: TransferTuner, directory: Path) -> SearchResult:
    """Returns what is known when trials are over: no look at the test split, no report.

    Raises:
        NothingFoundError: If no trial has succeeded; it gives the cause of the last failure.
    """
    records = tuple(read_records(tuner.project))
    objective, direction = tuner.oracle.objective.name, tuner.oracle.objective.direction
    return SearchResult(directory, records, _best(records, direction), objective, direction, tuner)


def _best(records: Sequence[TrialRecord], direction: str) -> TrialRecord:
    completed = [r for r in records if r.status == COMPLETED and r.score is not None]
    if not completed:
        causes = [record.error for record in records if record.status == FAILED]
        raise NothingFoundError(f"No trial succeeded. {causes[-1] if causes else 'None was run'}")
    return ranked(completed, direction)[0]


def _report(found: SearchResult, fixed: Mapping[str, Any]) -> Path:
    return write_report(
        found.directory,
        found.trials,
        objective=found.objective,
        direction=found.direction,
        best=found.best,
        best_recipe_path=found.directory / RECIPE if found.recipe else None,
        depth_points=found.depth_curve,
        test_scores=found.test,
        fixed=fixed,
    )


def _fixed(study: Study, best: TrialRecord, data: Data) -> Mapping[str, Any]:
    """Returns the options of `keras-tl train` that no trial changed, and where the backbone is."""
    names = ("weights", "pooling", "seed")
    found = {name: study.described[name] for name in names if name in study.described}
    weights = {"weights": "none"} if found.get("weights") is None else {}
    backbones = study.described.get("backbones", {})
    backbone = {"backbone": backbones[best.settings["backbone"]]} if backbones else {}
    shape = {"image_size": data.image_size[0], "resize": data.resize}
    return {**found, **weights, **backbone, **shape}


def _test_scores(
    trainer: Trainer | OwnModels, best: TrialRecord, data: Data, path: Path
) -> Mapping[str, Any] | None:
    """Scores the best model on test, once: the scores stay in a file with the trial's number."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if known.get("trial") == best.number:
        return known
    if not data.test.size or best.model is None:
        return None
    found = {"trial": best.number, **trainer.scores(best.model, data.test)}
    write_json(path, found)
    return found


def _recipe(trainer: Trainer, found: SearchResult, path: Path) -> Recipe:
    """Writes the phases that led to the best model, the probe first, for `fine_tune` to follow.

    They are those of the best trial, after those of the trials that it went on from.
    """
    settings = Settings.of(found.best.settings, granularity=trainer.granularity)
    probe = probe_recipe(settings.head, multi_label=trainer.data.multi_label)
    epochs = _epochs(found.best, {trial.number: trial for trial in found.trials})
    phases = [
        replace(phase, name=f"{phase.name}, part {part + 1}" if part else phase.name)
        for part, count in enumerate(epochs)
        for phase in settings.to_recipe(count, is_going_on=part > 0).phases
    ]
    recipe = Recipe("best of a search", (*probe.phases, *phases))
    recipe.to_file(path)
    return recipe


def _epochs(trial: TrialRecord, trials: Mapping[str, TrialRecord]) -> list[int]:
    """Returns the epochs of the trials that led to a model, the first one's first."""
    if trial.parent is None or trial.parent not in trials:
        return [trial.epochs] if trial.epochs else []
    parent = trials[trial.parent]
    return [*_epochs(parent, trials), trial.epochs - parent.epochs]


def _sweep(trainer: Trainer, found: SearchResult, show: bool) -> list[DepthPoint]:
    best = all_that_acts(found.best, found.trials, found.direction)
    with bars(show=show) as display:
        total = trainings(trainer, best)
        task = display.add_task("Freeze depths", total=total, note="")

        def each(what: str, done: int) -> None:
            display.update(task, completed=done, note=what)

        return depth_curve(trainer, best, found.directory / SWEEP, found.objective, each=each)
