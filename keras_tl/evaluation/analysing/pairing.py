"""Two classifiers on the same pictures: is one better than the other?"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from keras_tl.evaluation.metrics import RESAMPLES

LEVEL = 0.95


@dataclass(frozen=True)
class Paired:
    """How much more often one classifier is right than another, on the same pictures.

    Attributes:
        difference: Accuracy of the first less that of the other, from -1 to 1.
        interval: Its paired bootstrap 95 % percentile interval.
        p_value: McNemar's exact test of whether the two are equally accurate.
        only_first: Pictures that only the first has right.
        only_other: Pictures that only the other has right.
        examples: Pictures in all.
    """

    difference: float
    interval: tuple[float, float]
    p_value: float
    only_first: int
    only_other: int
    examples: int


def paired(right: np.ndarray, other_right: np.ndarray) -> Paired:
    """Compares two classifiers picture by picture.

    Only pictures that one has right and the other has not tell the two apart. Given their number,
    equally accurate classifiers share them as a fair coin would (McNemar, 1947, in its exact form).
    The interval resamples pictures, both answers to each together.

    Args:
        right: `(images,)` booleans: whether the first is right.
        other_right: Those of the other, of the same pictures in the same order.

    Raises:
        ValueError: If the two are not booleans of the same pictures, of at least one.
    """
    right, other_right = _checked(right, other_right)
    first, other = int((right & ~other_right).sum()), int((other_right & ~right).sum())
    difference = right.astype("float64") - other_right
    return Paired(
        difference=float(difference.mean()),
        interval=_interval(difference),
        p_value=float(stats.binomtest(first, first + other).pvalue) if first + other else 1.0,
        only_first=first,
        only_other=other,
        examples=len(right),
    )


def _interval(difference: np.ndarray) -> tuple[float, float]:
    counts = np.array([(difference == value).sum() for value in (-1, 0, 1)])
    drawn = np.random.default_rng(0).multinomial(
        len(difference), counts / len(difference), RESAMPLES
    )
    means = (drawn[:, 2] - drawn[:, 0]) / len(difference)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _checked(right: np.ndarray, other_right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    right, other_right = np.asarray(right), np.asarray(other_right)
    are_booleans = right.dtype == other_right.dtype == np.bool_
    if right.ndim != 1 or right.shape != other_right.shape or not len(right) or not are_booleans:
        raise ValueError(
            "`right` and `other_right` must be booleans `(images,)` of the same pictures. "
            f"Received: {right.dtype} {right.shape} and {other_right.dtype} {other_right.shape}"
        )
    return right, other_right
