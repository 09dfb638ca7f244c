"""The confusion matrix: with numbers if they can be read, else as a heat map."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from keras_tl.foundation.figures import BLUE, FAINT, new_figure, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

MOST_NUMBERS = 20
MOST_NAMES = 40
INCHES = 4.8
LONG_NAME, LONGEST_NAME = 4, 16


def confusion_matrix(counts: np.ndarray, names: Sequence[str], words: str) -> "Figure":
    """Draws a confusion matrix; the colour is the share of the images of the true class.

    Args:
        counts: `(classes, classes)`, true class by predicted class.
        names: Class names.
        words: What it shows.

    Returns:
        A matplotlib figure. Up to twenty classes have their numbers in it, up to forty their names.
    """
    figure = new_figure(INCHES, INCHES)
    figure.set_label(words)
    axes = figure.add_subplot(xlabel="predicted", ylabel="true")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    image = axes.imshow(shares, cmap=_from_paper(axes), vmin=0, vmax=1)
    axes.spines[:].set_color(FAINT)
    _name(axes, names)
    if len(names) <= MOST_NUMBERS:
        _number(axes, counts, shares)
    else:
        bar = figure.colorbar(image, ax=axes, shrink=0.6, label="share of the true class")
        bar.outline.set_visible(False)
    return figure


def _from_paper(axes: "Axes") -> "Colormap":
    """Returns the colours from that of the page to blue."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("from_paper", [axes.get_facecolor(), BLUE])


def _name(axes: "Axes", names: Sequence[str]) -> None:
    if len(names) > MOST_NAMES:
        axes.set_xticks([])
        axes.set_yticks([])
        return
    shown = [plain(name, LONGEST_NAME) for name in names]
    turn = 90 if max(map(len, shown)) > LONG_NAME else 0
    size = "medium" if len(names) <= MOST_NUMBERS else "xx-small"
    axes.set_xticks(range(len(names)), shown, rotation=turn, fontsize=size)
    axes.set_yticks(range(len(names)), shown, fontsize=size)
    axes.tick_params(length=0)


def _number(axes: "Axes", counts: np.ndarray, shares: np.ndarray) -> None:
    size = "medium" if len(counts) <= MOST_NUMBERS // 2 else "x-small"
    for (row, column), number in np.ndenumerate(counts):
        if number:
            shown = axes.text(column, row, f"{number:,}", ha="center", va="center", fontsize=size)
            if shares[row, column] > 0.5:
                shown.set_color("white")
