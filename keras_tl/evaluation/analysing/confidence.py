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
    asked = [in_range("thresholds", threshold, 0.0, 1.0) for threshold in thresholds]
    confidence, right = graded_decisions(scored)
    order = np.argsort(confidence)
    right_before = np.concatenate([[0], np.cumsum(right[order])])
    rejected = np.searchsorted(confidence[order], asked).tolist()
    good = (right_before[-1] - right_before[rejected]).tolist()
    return tuple(map(_row, asked, rejected, good, [len(right)] * len(asked)))


def coverage_curve(scored: ScoredSplit) -> tuple[Coverage, ...]:
    """Returns a row for each confidence that occurs, from accepting everything on."""
    confidence, _ = graded_decisions(scored)
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


def graded_decisions(scored: ScoredSplit) -> tuple[np.ndarray, np.ndarray]:
    """Returns the confidence of each decision and whether it is right, both `(decisions,)`."""
    exact = np.minimum(scored.probabilities.astype("float64"), 1.0)
    if scored.multi_label:
        return np.maximum(exact, 1.0 - exact).ravel(), (scored.decided == scored.labels).ravel()
    return exact.max(axis=1), scored.right


def _row(threshold: float, rejected: int, good: int, every: int) -> Coverage:
    accepted = every - rejected
    return Coverage(
        threshold=threshold,
        coverage=accepted / every,
        accuracy=good / accepted if accepted else None,
        accepted=accepted,
        wrong=accepted - good,
        rejected=rejected,
    )
