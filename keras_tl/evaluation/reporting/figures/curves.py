"""Learning curves: loss, accuracy and the rate of each stage over the epochs of all phases."""

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from keras_tl.evaluation.reporting.history import PhaseCurve
from keras_tl.foundation.figures import (
    BLUE,
    GREY,
    VERMILION,
    new_figure,
    plain,
    tidy,
    whole_numbers,
)
from keras_tl.training.history import CURVES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, PANEL = 4.8, 1.9
SPLITS = {"": ("training", BLUE), "val_": ("validation", VERMILION)}
ROOM = 3.0
DASHES = ("-", "--", ":", "-.")

Draw = Callable[["Axes", Sequence[PhaseCurve]], None]
Rates = tuple[float, ...]


def curves(phases: Sequence[PhaseCurve], words: str) -> "Figure":
    """Draws a panel each for loss, accuracy and rates; a line stands where a phase begins.

    Args:
        phases: The phases, in order; what was not measured is not drawn.
        words: What the figure shows.

    Returns:
        A matplotlib figure.
    """
    panels = list(_panels(phases))
    figure = new_figure(WIDTH, 0.6 + PANEL * len(panels))
    figure.set_label(words)
    rows = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (draw, title) in zip(rows, panels, strict=True):
        draw(axes, phases)
        tidy(axes, "", title)
        _borders(axes, phases)
    rows[-1].set(xlabel="epoch", xlim=(phases[0].epochs[0] - 0.5, phases[-1].epochs[-1] + 0.5))
    rows[-1].xaxis.set_major_locator(whole_numbers())
    _name_phases(rows[0], phases)
    return figure


def _panels(phases: Sequence[PhaseCurve]) -> Iterator[tuple[Draw, str]]:
    for metric in CURVES:
        if any(prefix + metric in phase.metrics for phase in phases for prefix in SPLITS):
            yield functools.partial(_metric, metric=metric), metric
    if _together(phases):
        yield _rates, "learning rate"


def _metric(axes: "Axes", phases: Sequence[PhaseCurve], *, metric: str) -> None:
    """Draws a metric on training and validation images, each phase a line of its own."""
    for prefix, (label, color) in SPLITS.items():
        found = [phase for phase in phases if prefix + metric in phase.metrics]
        for number, phase in enumerate(found):
            axes.plot(phase.epochs, phase.metrics[prefix + metric], color=color, marker="o",
                      markersize=3, linewidth=1.5, label="" if number else label)  # fmt: skip
    axes.legend(frameon=False, loc="best")


def _rates(axes: "Axes", phases: Sequence[PhaseCurve]) -> None:
    """Draws the rates; stages that went together are one line, a frozen one is not drawn."""
    from matplotlib.ticker import NullFormatter

    epochs = [epoch for phase in phases for epoch in phase.epochs]
    together = _together(phases)
    for number, (rates, stages) in enumerate(together.items()):
        shade = _shade(number / max(len(together) - 1, 1))
        drawn = [rate or math.nan for rate in rates]
        axes.plot(epochs, drawn, DASHES[number % len(DASHES)], color=shade, marker="o",
                  markersize=3, linewidth=1.5, label=plain(_range(stages)))  # fmt: skip
    known = [rate for rates in together for rate in rates if rate]
    axes.set(yscale="log", ylim=(min(known) / ROOM, max(known) * ROOM))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.legend(frameon=False, loc="best", fontsize="small")


def _together(phases: Sequence[PhaseCurve]) -> dict[Rates, list[str]]:
    """Returns the stages that went together, by their rate in each epoch."""
    stages = list(dict.fromkeys(stage for phase in phases for stage in phase.rates))
    found: dict[Rates, list[str]] = {}
    for stage in stages:
        of_phases = [phase.rates.get(stage, [0.0] * len(phase.epochs)) for phase in phases]
        rates = tuple(rate for of_phase in of_phases for rate in of_phase)
        if any(rates):
            found.setdefault(rates, []).append(stage)
    return found


def _range(stages: Sequence[str]) -> str:
    return stages[0] if len(stages) == 1 else f"{stages[0]} to {stages[-1]}"


def _shade(place: float) -> "tuple[float, ...]":
    """Returns a colour from blue, in front, to vermilion, at the head, between 0 and 1."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("depth", [BLUE, GREY, VERMILION])(place)


def _borders(axes: "Axes", phases: Sequence[PhaseCurve]) -> None:
    for phase in phases[1:]:
        axes.axvline(phase.epochs[0] - 0.5, color=GREY, linewidth=1)


def _name_phases(axes: "Axes", phases: Sequence[PhaseCurve]) -> None:
    for phase in phases:
        place = (phase.epochs[0] - 0.4, 1.02)
        axes.text(*place, plain(phase.name), transform=axes.get_xaxis_transform(), fontsize="small")
