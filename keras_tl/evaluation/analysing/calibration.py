"""Whether probabilities mean what they say: of those of 80 %, are 80 % right?"""

from dataclasses import dataclass

import numpy as np
from sklearn import metrics as sk

from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.foundation.checks import at_least

BINS = 15


@dataclass(frozen=True)
class Bin:
    """The predictions whose confidence lies in `(low, high]`; the first bin holds 0 as well.

    Attributes:
        low: Lower edge.
        high: Upper edge.
        count: Number of predictions.
        confidence: Their mean confidence; None if there is none.
        accuracy: Share of them that is right; None if there is none.
    """

    low: float
    high: float
    count: int
    confidence: float | None
    accuracy: float | None

    @property
    def gap(self) -> float:
        """How far accuracy is from confidence; 0 if there is no prediction."""
        return abs((self.accuracy or 0.0) - (self.confidence or 0.0))


@dataclass(frozen=True)
class Calibration:
    """How far confidence is from accuracy.

    Attributes:
        ece: Expected calibration error: the mean of |accuracy - confidence| over bins, each
            weighted by its predictions.
        brier: Brier score: squared distance of the probabilities from the label, summed over
            classes and averaged over images (0 to 2); where several classes may hold, averaged
            over both (0 to 1).
        bins: The bins of the reliability diagram, from low to high.
        predictions: Number of predictions that were looked at.
    """

    ece: float
    brier: float
    bins: tuple[Bin, ...]
    predictions: int


def calibration(scored: ScoredSplit, bins: int = BINS) -> Calibration:
    """Measures calibration in bins of equal width.

    With one label an image a prediction is the most probable class, its probability the
    confidence. Where several classes may hold, each class of each image is one: its probability is
    the confidence, and it is right if the class holds.

    Source: Guo et al., 2017, arXiv:1706.04599; Brier, 1950.

    Args:
        scored: Labels and probabilities.
        bins: Number of bins.
    """
    at_least("bins", bins, 1)
    confidence, holds = _predictions(scored)
    filled = _bins(confidence, holds, bins)
    error = sum(one.gap * one.count for one in filled) / len(holds)
    return Calibration(error, brier(scored), filled, len(holds))


def brier(scored: ScoredSplit) -> float:
    """Returns the Brier score; see `Calibration`."""
    exact = scored.probabilities.astype("float64")
    if scored.multi_label:
        return float(sk.mean_squared_error(scored.labels, exact))
    truth = np.eye(exact.shape[1])[scored.labels]
    return float(sk.mean_squared_error(truth, exact) * exact.shape[1])


def _predictions(scored: ScoredSplit) -> tuple[np.ndarray, np.ndarray]:
    """Returns the confidence of each prediction, and whether what it predicts holds."""
    exact = scored.probabilities.astype("float64")
    if scored.multi_label:
        return exact.ravel(), scored.labels.ravel() == 1
    return exact.max(axis=1), scored.right


def _bins(confidence: np.ndarray, holds: np.ndarray, number: int) -> tuple[Bin, ...]:
    edges = np.linspace(0.0, 1.0, number + 1)
    places = np.searchsorted(edges[1:-1], confidence)
    counts = np.bincount(places, minlength=number)
    sums = [np.bincount(places, weights=x, minlength=number) for x in (confidence, holds)]
    return tuple(
        Bin(float(low), float(high), int(n), *((float(c / n), float(h / n)) if n else (None, None)))
        for low, high, n, c, h in zip(edges[:-1], edges[1:], counts, *sums, strict=True)
    )
