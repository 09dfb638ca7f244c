"""Comparing runs: on their test pictures, one by one, and over their epochs."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from keras_tl.evaluation.analysing.calibration import calibration
from keras_tl.evaluation.analysing.pairing import paired
from keras_tl.evaluation.comparing.comparison import ComparedRun, Comparison
from keras_tl.evaluation.run_data import finished_run
from keras_tl.evaluation.scored_run import scored
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.foundation.checks import one_of

Where: TypeAlias = str | os.PathLike[str]
Runs: TypeAlias = Sequence[Where] | Mapping[str, Where]


def compare(runs: Runs, *, reference: str | None = None) -> Comparison:
    """Sets runs side by side and tests each against a reference, picture by picture.

    Args:
        runs: Directories of runs that have ended, at least two; a mapping gives them names, which
            are otherwise those of the directories.
        reference: Name of the run that the others are compared with; the first by default.

    Returns:
        Scores on the test split of each run; paired tests where two runs have the same test
        pictures and classes, and why not where they have not. It prints as a table.

    Raises:
        ValueError: If there are fewer than two runs, two have the same name, one has not ended or
            cannot be scored, or `reference` names none.
    """
    named = _named(runs)
    against = one_of("reference", next(iter(named)) if reference is None else reference, named)
    answers = {name: scored(path) for name, path in named.items()}
    references = {name: None if name == against else answers[against] for name in named}
    compared = [
        _compared(name, path, answers[name], references[name]) for name, path in named.items()
    ]
    return Comparison(tuple(compared), against)


def _named(runs: Runs) -> dict[str, Path]:
    """Returns the runs by name: those of a mapping, of the directories, or whole paths."""
    if isinstance(runs, Mapping):
        named = [(str(name), Path(path)) for name, path in runs.items()]
    else:
        paths = [] if isinstance(runs, (str, os.PathLike)) else [Path(path) for path in runs]
        often = Counter(path.resolve().name for path in paths)
        named = [(p.resolve().name if often[p.resolve().name] == 1 else str(p), p) for p in paths]
    if len(named) < 2 or len({path.resolve() for _, path in named}) < len(named):
        raise ValueError(
            "`runs` must be the directories of at least two runs, each once. "
            f"Received: runs={runs!r}"
        )
    return dict(named)


def _compared(
    name: str, path: Path, answers: ScoredSplit, reference: ScoredSplit | None
) -> ComparedRun:
    run = finished_run(path)
    reason = _unpaired(answers, reference)
    pair = None if reason or reference is None else paired(answers.right, reference.right)
    return ComparedRun(
        name=name,
        path=path,
        recipe=run.recipe_name,
        examples=answers.size,
        accuracy=answers.scores.accuracy,
        accuracy_interval=answers.scores.accuracy_interval,
        macro_f1=answers.scores.macro_f1,
        log_loss=answers.scores.log_loss,
        ece=calibration(answers).ece,
        paired=pair,
        unpaired=reason,
        history=[row for phase in run.read_history()["phases"] for row in phase["history"]],
    )


def _unpaired(answers: ScoredSplit, reference: ScoredSplit | None) -> str:
    """Returns why the answers of two runs cannot be paired; nothing if they can."""
    if reference is None:
        return ""
    if list(answers.class_names) != list(reference.class_names):
        return "its classes are others"
    if list(answers.digests) != list(reference.digests):
        return "its test pictures are others"
    if answers.labels.shape != reference.labels.shape or (answers.labels != reference.labels).any():
        return "its test pictures have other labels"
    return ""
