"""The mean of a few numbers, and how far it is to be trusted."""

import math
from collections.abc import Iterable


def mean_interval(values: Iterable[float], level: float = 0.95) -> tuple[float, float, float]:
    """Returns the mean and the ends of its t-interval.

    The interval is that of Student, 1908: mean ± t · s / √n, with n - 1 degrees of freedom. It
    takes the numbers for normal, and may reach beyond what a share can be.

    Args:
        values: Numbers, such as the scores of several seeds; those that are not finite are left
            out.
        level: Probability that the interval is to hold.

    Returns:
        Mean, lower end and upper end: NaN where there are too few numbers, which for the ends is
        fewer than two.
    """
    from scipy import stats

    known = [value for value in values if math.isfinite(value)]
    if not known:
        return math.nan, math.nan, math.nan
    mean = math.fsum(known) / len(known)
    if len(known) < 2:
        return mean, math.nan, math.nan
    reach = float(stats.t.ppf((1 + level) / 2, len(known) - 1) * stats.sem(known))
    return mean, mean - reach, mean + reach
