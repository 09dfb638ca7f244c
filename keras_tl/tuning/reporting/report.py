"""The report of a search: what is best, how sure that is, and every trial."""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_tl.foundation.figures import save_figure
from keras_tl.foundation.files import discard, write_text
from keras_tl.foundation.pages import embedded, render
from keras_tl.foundation.plain_data import whole
from keras_tl.foundation.shown import (
    one_line,
    shown,
    shown_interval,
    shown_score,
    shown_seconds,
)
from keras_tl.foundation.tables import count
from keras_tl.tuning.records import DepthPoint, TrialRecord
from keras_tl.tuning.reporting import pictures
from keras_tl.tuning.reporting.importance import Importance, importance
from keras_tl.tuning.reporting.intervals import mean_interval
from keras_tl.tuning.reporting.ranking import setting_names, values_of, varying
from keras_tl.tuning.reporting.trial_files import write_trials_csv, write_trials_json
from keras_tl.tuning.reporting.trial_rows import heading, shown_cell, trial_rows

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PACKAGE, TEMPLATE = "keras_tl.tuning.reporting", "report.html.jinja"
TRAIN_OPTIONS = ("backbone", "boundary", "head", "dropout", "label_smoothing", "augment")
WHOLE_BACKBONE = (None, "end")

Pairs = list[tuple[str, str]]


def write_report(
    directory: str | os.PathLike[str],
    records: Sequence[TrialRecord],
    *,
    objective: str,
    direction: str,
    best_recipe_path: str | os.PathLike[str] | None = None,
    best: TrialRecord | None = None,
    depth_points: Sequence[DepthPoint] = (),
    test_scores: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
) -> Path:
    """Writes `trials.csv`, `trials.json`, the pictures, and `report.html` with all of it in one.

    Each file is whole or absent, and `report.html` is written last. A picture for which there is
    nothing to draw is left out.

    Args:
        directory: Made if it is not there; an earlier report in it is replaced.
        records: Trials, in the order in which they began.
        objective: What the score is, such as `"val_accuracy"`.
        direction: `"max"` if more is better, else `"min"`.
        best_recipe_path: File of the recipe of the best trial.
        best: The best trial; None if there is none.
        depth_points: The freeze-depth curve, if it was measured.
        test_scores: Scores of the best model on the test split: numbers, and intervals as pairs.
            Anything else is passed over, so that `Evaluation.to_dict()` will do.
        fixed: Options of `keras-tl train` that were the same in all trials, such as `weights`.

    Returns:
        The path of `report.html`.

    Raises:
        ValueError: If the direction is another.
        OSError: If the directory cannot be written.
    """
    directory = Path(directory)
    matters = importance(records, direction=direction)
    figures = _figures(records, depth_points, matters, objective, direction)
    write_trials_csv(directory / "trials.csv", records, direction)
    facts = {
        "objective": objective,
        "best": best and best.number,
        "test_scores": test_scores or {},
        "depth_curve": [vars(point) for point in depth_points],
        "importance": matters.to_dict(),
    }
    write_trials_json(directory / "trials.json", records, direction, facts)
    page = {
        "pictures": {name: _picture(directory, name, fig) for name, fig in figures.items()},
        "test_scores": _scores(test_scores or {}),
        "depths": [_depth(point) for point in sorted(depth_points, key=lambda p: p.stages)],
        "importance": str(matters),
        **_of_best(best, best_recipe_path, fixed or {}),
        **_of_trials(records, direction, objective),
    }
    write_text(directory / "report.html", whole(render(PACKAGE, TEMPLATE, page)))
    return directory / "report.html"


def _figures(
    records: Sequence[TrialRecord],
    depth_points: Sequence[DepthPoint],
    matters: Importance,
    objective: str,
    direction: str,
) -> "dict[str, Figure | None]":
    """Returns the pictures by the names of their files."""
    return {
        "depth_curve": pictures.depth_curve(depth_points, objective),
        "rates": pictures.rate_against_score(records, objective),
        "importance": pictures.importance_bars(matters),
        "trials": pictures.trials_over_time(records, direction=direction, objective=objective),
    }


def _of_best(
    best: TrialRecord | None, recipe: str | os.PathLike[str] | None, fixed: Mapping[str, Any]
) -> dict[str, Any]:
    found = [best] if best else []
    ordered = {name: best.settings[name] for best in found for name in setting_names(found)}
    return {
        "best": best and {"number": shown(best.number, None), "score": shown_score(best.score)},
        "best_settings": _settings(ordered),
        "recipe": recipe and one_line(Path(recipe).name, None),
        "command": _command(best, recipe, fixed),
    }


def _of_trials(records: Sequence[TrialRecord], direction: str, objective: str) -> dict[str, Any]:
    rows = trial_rows(records, direction)
    return {
        "objective": one_line(objective, None),
        "counts": _counts(records),
        "same_settings": _same(records),
        "columns": [heading(column, objective, None) for column in rows.columns],
        "rows": [
            [shown_cell(c, value, None) for c, value in zip(rows.columns, row, strict=True)]
            for row in rows.cells
        ],
    }


def _counts(records: Sequence[TrialRecord]) -> str:
    """Returns how many trials there are of each status, such as `12 trials: 12 completed`."""
    found = [record.status for record in records]
    each = ", ".join(f"{found.count(status)} {status}" for status in dict.fromkeys(found))
    return f"{len(found)} trials: {each}" if found else "no trials"


def _settings(settings: Mapping[str, Any]) -> Pairs:
    return [(one_line(name, None), shown(value, None)) for name, value in settings.items()]


def _same(records: Sequence[TrialRecord]) -> Pairs:
    """Returns the settings that have one value wherever they act."""
    several = varying(records)
    names = [name for name in setting_names(records) if name not in several]
    return _settings({name: values_of(records, name)[0] for name in names})


def _command(
    best: TrialRecord | None, recipe: str | os.PathLike[str] | None, fixed: Mapping[str, Any]
) -> str:
    """Returns the command that trains with the best settings; empty if there are none."""
    if best is None or recipe is None:
        return ""
    words = ["keras-tl", "train", "PICTURES", "--out", "runs/best", "--recipe", os.fspath(recipe)]
    settings = {**{name: best.settings.get(name) for name in TRAIN_OPTIONS}, **fixed}
    for name, value in settings.items():
        if value not in WHOLE_BACKBONE:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def _scores(scores: Mapping[str, Any]) -> Pairs:
    """Returns the scores that are a number or an interval."""
    texts = [(one_line(name, None), _score(value)) for name, value in scores.items()]
    return [(name.replace("_", " "), text) for name, text in texts if text]


def _score(value: Any) -> str:
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(map(_is_number, value)):
        return shown_interval(*value)
    if not _is_number(value):
        return ""
    return count(value) if isinstance(value, int) else shown_score(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _depth(point: DepthPoint) -> tuple[str, ...]:
    mean, *interval = mean_interval(point.scores)
    return (
        str(point.stages),
        one_line(point.first),
        count(point.parameters),
        shown_score(mean),
        shown_interval(*interval),
        str(len(point.scores)),
        shown_seconds(mean_interval(point.seconds)[0]),
    )


def _picture(directory: Path, name: str, figure: "Figure | None") -> str:
    """Writes a picture, or removes that of an earlier report; returns its bytes in base64."""
    path = directory / f"{name}.png"
    if figure is None:
        discard(path)
        return ""
    save_figure(figure, path)
    return embedded(path.read_bytes())
