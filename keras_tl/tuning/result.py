"""What a search found."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import keras_tuner as kt

from keras_tl.models.card import read_model
from keras_tl.training.recipe import Recipe
from keras_tl.tuning.records import DepthPoint, TrialRecord
from keras_tl.tuning.reporting.trial_table import final_table


@dataclass(frozen=True, eq=False)
class SearchResult:
    """What a search found.

    Attributes:
        directory: Where models, tables, pictures and the report lie.
        trials: All trials, in the order in which they began.
        best: The one with the best score on validation.
        objective: What the score is.
        direction: `"max"` if more is better, else `"min"`.
        tuner: KerasTuner's tuner, for its summaries.
        recipe: The phases that led to the best model, the probe first; head, dropout, smoothing and
            augmentation are not phases, and stand in `best.settings`. None if models were the
            user's own.
        test: Scores of the best model on the test split, which nothing else has seen; None
            without such a split.
        depth_curve: What each freeze depth gives at the best settings; empty if not asked for.
        report: The report, to be opened in a browser; None in a worker, which writes none.
    """

    directory: Path
    trials: tuple[TrialRecord, ...]
    best: TrialRecord
    objective: str
    direction: str
    tuner: kt.Tuner
    recipe: Recipe | None = None
    test: Mapping[str, Any] | None = None
    depth_curve: tuple[DepthPoint, ...] = ()
    report: Path | None = None

    @cached_property
    def best_model(self) -> keras.Model:
        """The model of the best trial, from the file that was scored."""
        return read_model(self.best_model_path)

    @property
    def best_model_path(self) -> Path:
        """The file of that model."""
        if self.best.model is None:
            raise FileNotFoundError(
                f"The model of trial {self.best.number} is no longer in {str(self.directory)!r}"
            )
        return self.best.model

    @property
    def table(self) -> str:
        """The trials as text, the best first."""
        return final_table(
            self.trials,
            direction=self.direction,
            objective=self.objective,
            most=len(self.trials),
        )

    @property
    def test_line(self) -> str:
        """The scores on test in a line; empty if there are none."""
        scores = self.test or {}
        if "accuracy_interval" in scores:
            low, high = scores["accuracy_interval"]
            return f"accuracy {scores['accuracy']:.1%} [{low:.1%}, {high:.1%}]"
        numbers = {name: value for name, value in scores.items() if isinstance(value, float)}
        return ", ".join(f"{name} {value:.4f}" for name, value in numbers.items())

    def __str__(self) -> str:
        said = [
            self.table,
            f"best: trial {self.best.number}, {self.objective} {self.best.score:.4f}",
        ]
        if self.test:
            said.append(f"on test: {self.test_line}")
        return "\n".join([*said, f"report: {self.report}"])
