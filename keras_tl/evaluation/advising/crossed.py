"""The mean of differences over seeds and pictures, and how far each of the two leaves it open."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

LEVEL = 0.95


@dataclass(frozen=True)
class CrossedMean:
    """A mean over all seeds and pictures.

    Attributes:
        mean: The mean.
        interval: Its 95 % interval.
        seed_error: Its standard error as far as other seeds would give another mean.
        picture_error: Its standard error as far as other pictures would.
    """

    mean: float
    interval: tuple[float, float]
    seed_error: float
    picture_error: float


def crossed_mean(differences: np.ndarray) -> CrossedMean:
    r"""Returns the mean of differences that seeds and pictures both bring about.

    All seeds answer the same pictures, so that neither the seeds alone nor the pictures alone tell
    how far the mean can be trusted. Its variance is taken to be `s_r^2 / S + s_c^2 / N`, with
    `s_r^2` that of the `S` means of the seeds and `s_c^2` that of the `N` means of the pictures,
    and its distribution Student's, with the degrees of freedom of Satterthwaite, 1946. The sum is
    never too small on average: what seeds and pictures bring about together counts twice (Owen,
    2007, arXiv:0712.1111).

    Where every picture has the same difference, 1 or -1, in every seed, no spread is to be seen;
    the interval is then that of a share of which all are alike (Clopper and Pearson, 1934).

    Args:
        differences: `(seeds, pictures)`, from -1 to 1; at least two of either.

    Raises:
        ValueError: If there are fewer.
    """
    if differences.ndim != 2 or min(differences.shape) < 2:
        raise ValueError(
            "`differences` must be `(seeds, pictures)` with at least two of either. "
            f"Received: an array of shape {differences.shape}"
        )
    mean = float(differences.mean())
    by_seed, by_picture = (_squared_error(differences.mean(axis=axis)) for axis in (1, 0))
    if by_seed + by_picture == 0.0:
        return CrossedMean(mean, _without_spread(mean, differences.shape[1]), 0.0, 0.0)
    reach = _quantile(by_seed, by_picture, differences.shape) * math.sqrt(by_seed + by_picture)
    limits = max(mean - reach, -1.0), min(mean + reach, 1.0)
    return CrossedMean(mean, limits, math.sqrt(by_seed), math.sqrt(by_picture))


def _squared_error(means: np.ndarray) -> float:
    return float(means.var(ddof=1) / len(means))


def _quantile(by_seed: float, by_picture: float, shape: tuple[int, ...]) -> float:
    """Returns Student's quantile for a sum of two variances."""
    seeds, pictures = shape
    spent = by_seed**2 / (seeds - 1) + by_picture**2 / (pictures - 1)
    return float(stats.t.ppf((1 + LEVEL) / 2, (by_seed + by_picture) ** 2 / spent))


def _without_spread(mean: float, pictures: int) -> tuple[float, float]:
    if mean == 0.0:
        return 0.0, 0.0
    low = stats.binomtest(pictures, pictures).proportion_ci(LEVEL, "exact").low
    return (2 * low - 1, 1.0) if mean > 0 else (-1.0, 1 - 2 * low)
