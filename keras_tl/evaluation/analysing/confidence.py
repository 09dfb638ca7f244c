"""What it buys to leave the doubtful pictures to a person: coverage against accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.foundation.checks import in_range

THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Coverage:
    """What is left if decisions below a confidence are rejected.

    Attributes:
        threshold: Decisions of at least this confidence are accepted.
        coverage: Share of the decisions that is accepted.
        accuracy: Share of the accepted that is right; None if none is.
        accepted: Number of decisions that are accepted.
        wrong: Number of these that are wrong.
        rejected: Number of decisions that are rejected.
    """

    threshold: float
    coverage: float
    accuracy: float | None
    accepted: int
    wrong: int
    rejected: int


def coverage_table(
    scored: ScoredSplit, thresholds: Sequence[float] = THRESHOLDS
) -> tuple[Coverage, ...]:
    """Returns what each threshold accepts, and how good that is.

    With one label an image a decision is the class of an image and its confidence the probability
    of that class. Where several classes may hold, each class of each image is a decision, that it
    holds or that it does not, and its confidence `max(p, 1 - p)`.

    Source: Geifman and El-Yaniv, 2017, arXiv:1705.08500.

    Args:
        scored: Labels and probabilities.
        thresholds: Confidences from 0 to 1.

    Returns:
        A row for each threshold, in their order.
    """
    confidence, right = decisions(scored)
    return tuple(_row(in_range("thresholds", t, 0.0, 1.0), confidence, right) for t in thresholds)


def coverage_curve(scored: ScoredSplit) -> tuple[Coverage, ...]:
    """Returns a row for each confidence that occurs, from accepting everything on."""
    confidence, _ = decisions(scored)
    return coverage_table(scored, np.unique(confidence).tolist())


def reject_below(scored: ScoredSplit, accuracy: float) -> Coverage | None:
    """Returns the row of the lowest threshold whose accepted decisions are so accurate.

    Args:
        scored: Labels and probabilities; of another split than the one that is reported on, if
            the promise is to hold there.
        accuracy: What is asked for, from 0 to 1.

    Returns:
        The row, or None if no threshold reaches it.
    """
    in_range("accuracy", accuracy, 0.0, 1.0)
    rows = coverage_curve(scored)
    return next(
        (row for row in rows if row.accuracy is not None and row.accuracy >= accuracy), None
    )


def decisions(scored: ScoredSplit) -> tuple[np.ndarray, np.ndarray]:
    """Returns the confidence of each decision and whether it is right, both `(decisions,)`."""
    found = scored.probabilities.astype("float64")
    if scored.multi_label:
        return np.maximum(found, 1.0 - found).ravel(), (scored.decided == scored.labels).ravel()
    return found.max(axis=1), scored.right


def _row(threshold: float, confidence: np.ndarray, right: np.ndarray) -> Coverage:
    accepted = confidence >= threshold
    count, good = int(accepted.sum()), int(right[accepted].sum())
    return Coverage(
        threshold=threshold,
        coverage=count / len(right),
        accuracy=good / count if count else None,
        accepted=count,
        wrong=count - good,
        rejected=len(right) - count,
    )
