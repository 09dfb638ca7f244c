"""Accuracy of what is kept, against the share that is kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keras_tl.foundation.figures import BLUE, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def coverage(curve: Sequence[tuple[float, float]], words: str) -> "Figure":
    """Draws accuracy over coverage, both in percent.

    Args:
        curve: Coverage and accuracy, a pair for each threshold.
        words: What the figure shows.

    Returns:
        A matplotlib figure.
    """
    from matplotlib.ticker import PercentFormatter

    figure = new_figure(4.8, 3.0)
    figure.set_label(words)
    axes = figure.add_subplot()
    axes.plot(*zip(*sorted(curve), strict=True), color=BLUE, linewidth=2, marker="o", markersize=2)
    tidy(axes, "answers kept", "right among these")
    for axis, places in ((axes.xaxis, 0), (axes.yaxis, 1)):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=places))
    axes.set_xlim(0, 1.02)
    axes.margins(y=0.1)
    return figure
