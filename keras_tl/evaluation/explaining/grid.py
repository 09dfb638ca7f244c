"""Heat maps beside their pictures, in one figure."""

import os
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from keras_tl.foundation.checks import at_least
from keras_tl.foundation.figures import new_figure, plain, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from keras_tl.evaluation.explaining.heatmaps import Heatmaps

INCHES = 1.9


def draw_grid(
    heatmaps: "Heatmaps", path: str | os.PathLike[str] | None, *, alpha: float, most: int
) -> "Figure":
    """Draws what `Heatmaps.picture` promises."""
    at_least("most", most, 1)
    rows = [list(maps) for _, maps in groupby(range(len(heatmaps)), lambda i: heatmaps.names[i])]
    drawn = rows[:most]
    columns = 1 + max(map(len, drawn))
    figure = new_figure(INCHES * columns, (INCHES + 0.2) * len(drawn))
    for cells, maps in zip(figure.subplots(len(drawn), columns, squeeze=False), drawn, strict=True):
        _draw_row(cells, heatmaps, maps, alpha)
    figure.set_label(_in_words(heatmaps, drawn, len(rows)))
    if path is not None:
        save_figure(figure, path)
    return figure


def _draw_row(cells: "list[Axes]", heatmaps: "Heatmaps", maps: list[int], alpha: float) -> None:
    for cell in cells:
        cell.set_axis_off()
    _draw(cells[0], heatmaps.images[maps[0]], os.path.basename(heatmaps.names[maps[0]]))
    for cell, i in zip(cells[1:], maps, strict=False):
        _draw(cell, heatmaps.overlay(i, alpha=alpha), heatmaps.title(i))


def _draw(cell: "Axes", image: np.ndarray, title: str) -> None:
    cell.imshow(image, interpolation="bilinear")
    cell.set_title("\n".join(map(plain, title.split("\n"))), fontsize="small")


def _in_words(heatmaps: "Heatmaps", drawn: list[list[int]], pictures: int) -> str:
    said = [
        f"{heatmaps.names[maps[0]]}: {', '.join(heatmaps.title(i) for i in maps)}" for maps in drawn
    ]
    left = f" {pictures - len(drawn)} more are not drawn." if pictures > len(drawn) else ""
    text = f"{len(drawn)} pictures and what in them speaks for a class ({heatmaps.method}), "
    return f"{text}bright is most. {'; '.join(said)}.{left}".replace("\n", ", ")
