"""The picture of a transfer check."""

import os
from typing import TYPE_CHECKING

import numpy as np

from keras_tl.foundation.figures import BLUE, GREY, VERMILION, new_figure, save_figure, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from keras_tl.evaluation.advising.transfer_check import TransferCheck


def draw(check: "TransferCheck", path: str | os.PathLike[str] | None = None) -> "Figure":
    """Draws accuracies, a line a seed, beside the differences with their 95 % intervals."""
    figure = new_figure(9, 3.6)
    accuracies, differences = figure.subplots(1, 2, width_ratios=(1, 1))
    _accuracies(accuracies, check)
    _differences(differences, check)
    figure.suptitle(f"Transfer {check.verdict}", x=0.01, ha="left", fontsize="medium")
    if path is not None:
        save_figure(figure, path)
    return figure


def _accuracies(axes: "Axes", check: "TransferCheck") -> None:
    by_seed = np.array([100 * right.mean(axis=1) for right in check.right.values()])
    places = range(len(by_seed))
    lines = axes.plot(places, by_seed, ".-", color=GREY, linewidth=0.8)
    lines[0].set_label("each seed")
    axes.plot(places, by_seed.mean(axis=1), "o", color=BLUE, label="mean", zorder=3)
    axes.set_xticks(places, list(check.right))
    axes.set_xlim(-0.4, len(by_seed) - 0.6)
    tidy(axes, "", "test accuracy, %")
    axes.legend(frameon=False)


def _differences(axes: "Axes", check: "TransferCheck") -> None:
    for place, gain in enumerate(check.gains.values()):
        low, high = (100 * limit for limit in gain.interval)
        mean = 100 * gain.mean
        color = BLUE if low > 0 else VERMILION if high < 0 else GREY
        axes.errorbar(mean, place, xerr=[[mean - low], [high - mean]], fmt="o", color=color,
                      capsize=4)  # fmt: skip
    axes.axvline(0.0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(check.gains)), [f"over {name}" for name in check.gains])
    axes.set_ylim(len(check.gains) - 0.5, -0.5)
    tidy(axes, "what transfer gains, points, 95 % interval", "")
