"""What it buys to reject doubtful answers: a table of thresholds, and what to choose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keras_tl.evaluation.analysing.confidence import (
    Coverage,
    coverage_curve,
    coverage_table,
    reject_below,
)
from keras_tl.evaluation.reporting.figures.coverage import coverage
from keras_tl.evaluation.reporting.subject import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WANTED = (0.95, 0.99)
MOST_DRAWN = 300


@dataclass(frozen=True)
class Advised:
    """A threshold for an accuracy that is wanted.

    Attributes:
        wanted: The accuracy.
        threshold: The lowest confidence that reaches it on the validation split; None if none does.
        reached: What it does on the test split.
    """

    wanted: float
    threshold: float | None = None
    reached: Coverage | None = None


@dataclass(frozen=True)
class Selective:
    """Coverage against accuracy on the test split.

    Attributes:
        thresholds: A row each for some confidences.
        advised: Where to reject below, as the validation split says; empty without one.
        curve: Coverage and accuracy, a pair each at some of the confidences that occur.
        multi_label: Whether a decision is on a class of an image, and not on an image.
    """

    thresholds: tuple[Coverage, ...]
    advised: tuple[Advised, ...]
    curve: tuple[tuple[float, float], ...]
    multi_label: bool

    def coverage_figure(self) -> "Figure":
        """Draws accuracy over coverage."""
        return coverage(self.curve, self.words)

    @property
    def words(self) -> str:
        """The curve in words."""
        each = "; ".join(
            f"confidence of at least {row.threshold:.0%} keeps {row.coverage:.1%}, of which "
            + ("nothing" if row.accuracy is None else f"{row.accuracy:.1%} is right")
            for row in self.thresholds
        )
        return f"Accuracy of what is kept against the share that is kept: {each}."


def selective(subject: Subject) -> Selective:
    """Returns what rejecting buys on the test split."""
    scored = subject.scored
    curve = tuple(_drawn(coverage_curve(scored)))
    return Selective(coverage_table(scored), _advised(subject), curve, scored.multi_label)


def _drawn(rows: Sequence[Coverage]) -> Iterator[tuple[float, float]]:
    """Yields coverage and accuracy of as many rows as can be told apart, both ends among them."""
    chosen = np.unique(np.linspace(0, len(rows) - 1, MOST_DRAWN).round().astype(int))
    for row in (rows[number] for number in chosen):
        if row.accuracy is not None:
            yield row.coverage, row.accuracy


def _advised(subject: Subject) -> tuple[Advised, ...]:
    """Returns thresholds that were chosen on validation images, and what they do on others."""
    if subject.validated is None:
        return ()
    chosen = {wanted: reject_below(subject.validated, wanted) for wanted in WANTED}
    return tuple(
        Advised(wanted)
        if row is None
        else Advised(wanted, row.threshold, coverage_table(subject.scored, [row.threshold])[0])
        for wanted, row in chosen.items()
    )
