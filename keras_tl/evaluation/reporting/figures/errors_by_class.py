"""Missed to the left, named in error to the right: a bar a class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from keras_tl.foundation.figures import BLUE, VERMILION, new_figure, plain, tidy, whole_numbers

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, LONGEST_NAME = 4.8, 16


def errors_by_class(
    names: Sequence[str], missed: Sequence[int], false: Sequence[int], words: str
) -> "Figure":
    """Draws how many images of each class were missed, and how many named in error.

    Args:
        names: Class names, from the top.
        missed: Images that have the class, and of which it was not said.
        false: Images that do not have it, and of which it was said.
        words: What the figure shows.

    Returns:
        A matplotlib figure.
    """
    figure = new_figure(WIDTH, 1.2 + 0.27 * len(names))
    figure.set_label(words)
    axes = figure.add_subplot()
    places = np.arange(len(names))
    axes.barh(places, np.negative(missed), color=VERMILION, height=0.7, label="missed")
    axes.barh(places, false, color=BLUE, height=0.7, label="named in error")
    tidy(axes, "images", "")
    axes.grid(False, axis="y")
    axes.set_yticks(places, [plain(name, LONGEST_NAME) for name in names])
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(whole_numbers())
    axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    figure.legend(frameon=False, loc="outside upper right", ncols=2)
    return figure
