import math

import pytest

from keras_tl.tuning.reporting.intervals import mean_interval


def test_three_numbers_by_the_table_of_student():
    """t for two degrees of freedom and 95 % is 4.303 in every printed table."""
    mean, low, high = mean_interval([0.90, 0.92, 0.94])
    reach = 4.303 * 0.02 / math.sqrt(3)
    assert mean == pytest.approx(0.92)
    assert (low, high) == pytest.approx((0.92 - reach, 0.92 + reach), abs=1e-5)


def test_a_higher_level_reaches_further():
    assert mean_interval([1, 2, 3], 0.99)[2] > mean_interval([1, 2, 3], 0.95)[2]


@pytest.mark.parametrize("values", [[0.9], [0.9, math.nan], (0.9, math.inf)])
def test_one_number_has_no_interval(values):
    mean, low, high = mean_interval(values)
    assert mean == 0.9
    assert math.isnan(low)
    assert math.isnan(high)


def test_no_number_has_no_mean():
    assert all(map(math.isnan, mean_interval([math.nan])))
