"""The end of a search: the best model, its one look at the test split, the sweep, the report."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from keras_tl.data.dataset import Data
from keras_tl.evaluation.metrics import evaluate
from keras_tl.foundation.files import write_json
from keras_tl.foundation.progress import bars
from keras_tl.models.card import read_model
from keras_tl.training.recipe import Recipe
from keras_tl.tuning.depth_curve import depth_curve, trainings
from keras_tl.tuning.keeping import read_records
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
        RuntimeError: If no trial has succeeded; it gives the cause of the last failure.
    """
    found = interim(tuner, directory)
    best, objective = found.best, found.objective
    test = _test_scores(best, data, directory / TEST)
    trainer = study.trainer if isinstance(study.trainer, Trainer) else None
    recipe = _recipe(trainer, best, directory / RECIPE) if trainer else None
    points = []
    if trainer and sweep:
        points = _sweep(trainer, best, directory / SWEEP, objective, show)
    report = write_report(
        directory,
        found.trials,
        objective=objective,
        direction=found.direction,
        best=best,
        best_recipe_path=directory / RECIPE if recipe else None,
        depth_points=points,
        test_scores=test,
        fixed=_fixed(study, data),
    )
    return replace(found, recipe=recipe, test=test, depth_curve=tuple(points), report=report)


def interim(tuner: TransferTuner, directory: Path) -> SearchResult:
    """Returns what is known when trials are over: no look at the test split, no report.

    Raises:
        RuntimeError: If no trial has succeeded; it gives the cause of the last failure.
    """
    records = tuple(read_records(tuner.project))
    objective, direction = tuner.oracle.objective.name, tuner.oracle.objective.direction
    return SearchResult(directory, records, _best(records, direction), objective, direction, tuner)


def _best(records: Sequence[TrialRecord], direction: str) -> TrialRecord:
    completed = [r for r in records if r.status == COMPLETED and r.score is not None]
    if not completed:
        causes = [record.error for record in records if record.status == FAILED]
        raise RuntimeError(f"No trial succeeded. {causes[-1] if causes else 'None was run'}")
    return ranked(completed, direction)[0]


def _fixed(study: Study, data: Data) -> Mapping[str, Any]:
    """Returns the options of `keras-tl train` that no trial changed."""
    names = ("weights", "pooling", "seed")
    found = {name: study.described[name] for name in names if name in study.described}
    weights = {"weights": "none"} if found.get("weights") is None else {}
    return {**found, **weights, "image_size": data.image_size[0], "resize": data.resize}


def _test_scores(best: TrialRecord, data: Data, path: Path) -> Mapping[str, Any] | None:
    """Scores the best model on test, once: the scores stay in a file with the trial's number."""
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if known.get("trial") == best.number:
        return known
    if not data.test.size or best.model is None:
        return None
    found = {"trial": best.number, **evaluate(read_model(best.model), data.test).to_dict()}
    write_json(path, found)
    return found


def _recipe(trainer: Trainer, best: TrialRecord, path: Path) -> Recipe:
    """Writes the phases of the best trial, the probe first, for `fine_tune` to follow."""
    settings = Settings.of(best.settings, granularity=trainer.granularity)
    probe = probe_recipe(settings.head, multi_label=trainer.data.multi_label)
    after = settings.to_recipe(best.epochs).phases if best.epochs else ()
    recipe = Recipe("best of a search", (*probe.phases, *after))
    recipe.to_file(path)
    return recipe


def _sweep(
    trainer: Trainer, best: TrialRecord, directory: Path, objective: str, show: bool
) -> list[DepthPoint]:
    with bars(show=show) as display:
        total = trainings(trainer, best.settings)
        task = display.add_task("Freeze depths", total=total, completed=-1, note="")

        def each(what: str) -> None:
            display.update(task, advance=1, note=what)

        return depth_curve(trainer, best.settings, directory, objective, each=each)
