"""Whether a class is more probable where it holds: scores that need no threshold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from sklearn import metrics as sk

from keras_tl.evaluation.scored_split import ScoredSplit

Metric = Callable[[np.ndarray, np.ndarray], float]


@dataclass(frozen=True)
class RankedScores:
    """How well the probability of each class tells the images of the class from the others.

    Attributes:
        roc_auc: Area under the ROC curve of each class against the rest, by name; None where
            there is none.
        average_precision: Likewise, area under the precision-recall curve as scikit-learn sums it.
        macro_roc_auc: Mean over the classes that have one; None if none has.
        macro_average_precision: Likewise.
        reasons: Why a class has no scores, by name.
    """

    roc_auc: Mapping[str, float | None]
    average_precision: Mapping[str, float | None]
    macro_roc_auc: float | None
    macro_average_precision: float | None
    reasons: Mapping[str, str]


def ranked_scores(scored: ScoredSplit) -> RankedScores:
    """Returns ROC-AUC and average precision, one class against the rest.

    A class that no image has, or that all have, has neither score. In the ROC-AUC equal
    probabilities count a half.

    Args:
        scored: Labels and probabilities.
    """
    holds = _holds(scored)
    reasons = {
        name: "no image has it" if not column.any() else "every image has it"
        for name, column in zip(scored.class_names, holds.T, strict=True)
        if column.all() or not column.any()
    }
    auc = _by_class(sk.roc_auc_score, scored, holds, reasons)
    precision = _by_class(sk.average_precision_score, scored, holds, reasons)
    return RankedScores(auc, precision, _mean(auc), _mean(precision), reasons)


def _holds(scored: ScoredSplit) -> np.ndarray:
    """Returns `(images, classes)` booleans: which class holds in which image."""
    if scored.multi_label:
        return scored.labels == 1
    return np.equal.outer(scored.labels, np.arange(len(scored.class_names)))


def _by_class(
    metric: Metric, scored: ScoredSplit, holds: np.ndarray, without: Mapping[str, str]
) -> dict[str, float | None]:
    columns = zip(scored.class_names, holds.T, scored.probabilities.T, strict=True)
    return {name: None if name in without else float(metric(y, p)) for name, y, p in columns}


def _mean(scores: Mapping[str, float | None]) -> float | None:
    known = [score for score in scores.values() if score is not None]
    return float(np.mean(known)) if known else None
