"""How values are shown to people: rounded, short, on one line."""

import math
from typing import Any

LONGEST = 40
NOTHING = "-"


def one_line(value: object, most: int | None = LONGEST) -> str:
    """Returns a text on one line, without control characters, cut after `most` characters."""
    visible = "".join(c if c.isprintable() else " " for c in str(value))
    text = " ".join(visible.split())
    return text if most is None or len(text) <= most else f"{text[: most - 1]}…"


def shown(value: Any, most: int | None = LONGEST) -> str:
    """Returns the value of a setting: a number with three digits, a text on one line."""
    if value is None:
        return NOTHING
    return f"{value:.3g}" if isinstance(value, float) else one_line(value, most)


def shown_score(value: float | None) -> str:
    """Returns a score with four decimals; with four digits where it is very small or large."""
    if value is None:
        return NOTHING
    is_plain = value == 0 or 1e-3 <= abs(value) < 1e4
    return f"{value:.4f}" if is_plain else f"{value:.4g}"


def shown_seconds(value: float) -> str:
    """Returns seconds, with a decimal below ten."""
    return f"{value:.1f}" if abs(value) < 10 else f"{value:,.0f}"


def shown_interval(low: float, high: float) -> str:
    """Returns an interval of scores, such as `0.8953 to 0.9141`; NaN ends are no interval."""
    if math.isnan(low) or math.isnan(high):
        return NOTHING
    return f"{shown_score(low)} to {shown_score(high)}"
