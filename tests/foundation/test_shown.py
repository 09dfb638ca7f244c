import math

import pytest

from keras_tl.foundation.shown import (
    one_line,
    shown,
    shown_interval,
    shown_score,
    shown_seconds,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (True, "True"),
        (3, "3"),
        (123456, "123456"),
        (3.21234e-05, "3.21e-05"),
        (0.1, "0.1"),
        ("linear", "linear"),
        ("", ""),
        (math.nan, "nan"),
    ],
)
def test_values_are_rounded(value, text):
    assert shown(value) == text


@pytest.mark.parametrize(
    ("score", "text"),
    [(None, "-"), (0.91344, "0.9134"), (1.0, "1.0000"), (0.0, "0.0000"), (1e-5, "1e-05"),
     (-123456.0, "-1.235e+05"), (math.nan, "nan"), (math.inf, "inf")],
)  # fmt: skip
def test_scores_have_four_decimals_unless_very_small_or_large(score, text):
    assert shown_score(score) == text


def test_seconds_and_intervals():
    assert [shown_seconds(s) for s in (0.04, 9.94, 34.2, 12345)] == ["0.0", "9.9", "34", "12,345"]
    assert shown_interval(0.88, 0.94) == "0.8800 to 0.9400"
    assert shown_interval(math.nan, math.nan) == "-"


def test_text_is_one_line_without_control_characters():
    assert one_line("a\r\n\tb\x1b[31mc \u202e d\ud800") == "a b [31mc d"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"
    assert one_line("x" * 50, None) == "x" * 50
