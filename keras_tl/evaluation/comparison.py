"""Runs side by side: what each is worth, and whether the differences are more than chance."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_tl.evaluation.analysing.pairing import Paired

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class ComparedRun:
    """A run, and how it stands to the reference.

    Attributes:
        name: What it is called in the comparison.
        path: Its directory.
        recipe: Name of its recipe.
        examples: Images of its test split.
        accuracy: On the test split.
        accuracy_interval: Its 95 % bootstrap interval.
        macro_f1: Mean F1 of the classes.
        log_loss: Mean cross-entropy, in nats.
        ece: Expected calibration error.
        validation_accuracy: After the last phase; None without a validation split.
        paired: It less the reference, picture by picture; None for the reference itself, and where
            it cannot be had.
        unpaired: Why it cannot be had; empty if it can.
        history: A row an epoch, as `Result.history`.
    """

    name: str
    path: Path
    recipe: str
    examples: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float
    log_loss: float
    ece: float
    validation_accuracy: float | None
    paired: Paired | None
    unpaired: str
    history: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Comparison:
    """Runs in the order that was asked for, each tested against the reference.

    Attributes:
        runs: The runs.
        reference: Name of the run that the others are compared with.
    """

    runs: tuple[ComparedRun, ...]
    reference: str

    @property
    def table(self) -> str:
        """The comparison as a table."""
        return ""

    def __str__(self) -> str:
        return self.table

    def picture(self) -> "Figure":
        """Draws the learning curves of all runs over each other."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """Returns the comparison as plain data."""
        return {}

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Writes the comparison as JSON."""

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes a row a run as CSV."""
