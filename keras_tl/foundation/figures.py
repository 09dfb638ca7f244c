"""What all figures share: colours, a plain frame, and how they become files."""

import io
import os
import warnings
from typing import IO, TYPE_CHECKING, Any

from keras_tl.foundation.files import replacing
from keras_tl.foundation.shown import LONGEST, one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Locator

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#8C8C8C"
"""Told apart by all eyes. Source: Okabe and Ito, 2008, jfly.uni-koeln.de/color."""

FAINT = "#8C8C8C38"
DPI = 144


def new_figure(width: float, height: float) -> "Figure":
    """Returns an empty figure of a size in inches, which no window shows."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def tidy(axes: "Axes", horizontal: str, vertical: str) -> None:
    """Names the axes, and leaves of their frame two sides and a faint grid."""
    axes.set(xlabel=horizontal, ylabel=vertical)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(True, color=FAINT, linewidth=0.8)
    axes.set_axisbelow(True)


def whole_numbers() -> "Locator":
    """Returns what places the marks of an axis at whole numbers."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(integer=True, min_n_ticks=1)


def plain(text: str, most: int = LONGEST) -> str:
    """Returns a name on one line, cut after `most` characters; a dollar begins no formula."""
    return one_line(text, most).replace("$", r"\$")


def save_figure(
    figure: "Figure", path: str | os.PathLike[str], *, dpi: int = DPI, **options: Any
) -> None:
    """Writes a figure, whole or not at all; the suffix of `path` says in which format.

    Characters that the font lacks are drawn as boxes, without a word.
    """
    with replacing(path) as temporary:
        _draw(figure, temporary, dpi=dpi, **options)


def as_png(figure: "Figure", *, dpi: int = DPI) -> bytes:
    """Returns a figure as the bytes of a PNG file, likewise."""
    sink = io.BytesIO()
    _draw(figure, sink, dpi=dpi, format="png")
    return sink.getvalue()


def _draw(figure: "Figure", sink: str | os.PathLike[str] | IO[bytes], **options: Any) -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        figure.savefig(sink, **options)
