"""How numbers stand on a page."""

from keras_tl.foundation.shown import NOTHING

LEAST_P = 0.001


def percent(share: float | None) -> str:
    """Returns a share in percent with one decimal, such as `84.0%`."""
    return NOTHING if share is None else f"{share:.1%}"


def interval(ends: tuple[float, float]) -> str:
    """Returns an interval of shares, such as `79.2% to 88.5%`."""
    return f"{ends[0]:.1%} to {ends[1]:.1%}"


def points(difference: float) -> str:
    """Returns a difference of shares in points of percent, with its sign."""
    return f"{100 * difference:+.1f}".replace("-", "\u2212")


def decimals(number: float | None) -> str:
    """Returns a number with three decimals."""
    return NOTHING if number is None else f"{number:.3f}"


def chance(p_value: float) -> str:
    """Returns a p-value, such as `p = 0.012`."""
    return f"p < {LEAST_P}" if p_value < LEAST_P else f"p = {p_value:.3f}"


def rate(value: float | None) -> str:
    """Returns a learning rate, such as `0.0001`; a tick where it trained at none that is known."""
    return "✓" if value is None else f"{value:.2g}"
