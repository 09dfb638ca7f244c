"""Figures of a page, drawn twice: for light surroundings and for dark ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keras_tl.foundation.figures import as_png
from keras_tl.foundation.pages import embedded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INKS = {"light": ("#33373D", "#FFFFFF"), "dark": ("#C9CED6", "#15181C")}
"""Ink and paper; the paper is that of the page."""


@dataclass(frozen=True)
class Drawing:
    """A figure as a page shows it.

    Attributes:
        light: PNG in base64.
        dark: The same for a dark page.
        words: What it shows, with its numbers.
    """

    light: str
    dark: str
    words: str


def drawing(draw: "Callable[[], Figure]") -> Drawing:
    """Draws a figure for both kinds of surroundings.

    Args:
        draw: Draws it; what it shows, in words, is its label.

    Raises:
        ValueError: If the figure has no label.
    """
    figures = {name: _drawn(draw, *inks) for name, inks in INKS.items()}
    words = str(figures["light"].get_label())
    if not words:
        raise ValueError("A figure of a report must have a label that says what it shows.")
    return Drawing(**{name: embedded(as_png(f)) for name, f in figures.items()}, words=words)


def _drawn(draw: "Callable[[], Figure]", ink: str, paper: str) -> "Figure":
    from matplotlib import rc_context

    inks: Any = ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color")
    papers: Any = ("figure.facecolor", "savefig.facecolor", "axes.facecolor")
    with rc_context({**dict.fromkeys(inks, ink), **dict.fromkeys(papers, paper)}):
        return draw()
