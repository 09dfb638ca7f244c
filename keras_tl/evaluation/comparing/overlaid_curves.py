"""Learning curves of several runs over each other."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from keras_tl.foundation.figures import BLUE, VERMILION, new_figure, plain, tidy, whole_numbers
from keras_tl.training.history import CURVES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Epochs = Sequence[Mapping[str, Any]]

COLOURS = (BLUE, VERMILION, "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Told apart by all eyes. Source: Okabe and Ito, 2008, jfly.uni-koeln.de/color."""
LINES = ("-", "--", ":")


def overlaid_curves(histories: Mapping[str, Epochs]) -> "Figure":
    """Draws a panel each for loss and accuracy, a line for each run in each.

    The lines are those on the validation split; of a run without one, those of training.

    Args:
        histories: For each run by name, a row an epoch, as `Result.history`.

    Returns:
        A matplotlib figure; its label says in words what it shows.
    """
    figure = new_figure(7, 6)
    figure.set_label(f"Loss and accuracy over the epochs of {', '.join(histories)}")
    panels = figure.subplots(2, 1, sharex=True)
    for axes, (title, metrics) in zip(panels, CURVES.items(), strict=True):
        for number, (name, rows) in enumerate(histories.items()):
            _line(axes, number, name, rows, metrics)
        tidy(axes, "", title)
        if axes.lines:
            axes.legend(frameon=False, loc="best", fontsize="small")
    panels[-1].set_xlabel("epoch, counted over all phases")
    panels[-1].xaxis.set_major_locator(whole_numbers())
    return figure


def _line(axes: "Axes", number: int, name: str, rows: Epochs, metrics: Sequence[str]) -> None:
    """Draws the first metric that a run has, those on validation first."""
    known = [prefix + metric for prefix in ("val_", "") for metric in metrics]
    found = next((key for key in known if any(key in row for row in rows)), None)
    if found is None:
        return
    points = [(place, row[found]) for place, row in enumerate(rows, 1) if found in row]
    label = f"{plain(name)}, {'validation' if found.startswith('val_') else 'training'}"
    color, dashes = COLOURS[number % len(COLOURS)], LINES[number // len(COLOURS) % len(LINES)]
    axes.plot(*zip(*points, strict=True), color=color, linestyle=dashes, marker="o", markersize=3,
              linewidth=1.5, label=label)  # fmt: skip
