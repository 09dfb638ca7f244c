"""Accuracy over confidence: on the diagonal probabilities mean what they say."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keras_tl.evaluation.analysing.calibration import Bin
from keras_tl.foundation.figures import BLUE, GREY, VERMILION, new_figure, tidy

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def reliability_diagram(bins: Sequence[Bin], words: str) -> "Figure":
    """Draws the accuracy of each bin at its mean confidence, over the number of its predictions.

    Args:
        bins: From low to high.
        words: What the figure shows.

    Returns:
        A matplotlib figure.
    """
    from matplotlib.ticker import PercentFormatter

    figure = new_figure(4.8, 4.2)
    figure.set_label(words)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    said, right = _confidence_and_accuracy(bins)
    above.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1, label="means what it says")
    above.vlines(said, said, right, color=VERMILION, linewidth=2, label="gap")
    above.plot(said, right, "o", color=BLUE, markersize=5, label="model")
    below.bar([b.low for b in bins], [b.count for b in bins], width=[b.high - b.low for b in bins],
              align="edge", color=BLUE, linewidth=0)  # fmt: skip
    tidy(above, "", "right")
    tidy(below, "confidence", "predictions")
    for axis in (below.xaxis, above.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0))
    above.set(xlim=(-0.01, 1.01), ylim=(-0.03, 1.03))
    above.legend(frameon=False, loc="upper left")
    return figure


def _confidence_and_accuracy(bins: Sequence[Bin]) -> tuple[list[float], list[float]]:
    """Returns both of each bin that is not empty."""
    both = ((one.confidence, one.accuracy) for one in bins)
    known = [(said, right) for said, right in both if said is not None and right is not None]
    return [said for said, _ in known], [right for _, right in known]
