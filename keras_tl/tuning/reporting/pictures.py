"""Pictures of a search: depth, rates, importance, and the scores as they came."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keras_tl.foundation.figures import (
    BLUE,
    GREY,
    VERMILION,
    new_figure,
    plain,
    tidy,
    whole_numbers,
)
from keras_tl.tuning.records import FAILED, DepthPoint, TrialRecord
from keras_tl.tuning.reporting.importance import Importance
from keras_tl.tuning.reporting.intervals import mean_interval
from keras_tl.tuning.reporting.ranking import ranked, scored, values_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PathCollection
    from matplotlib.figure import Figure

RATES = ("head_rate", "backbone_rate")
DEPTH = "trainable_stages"
MOST_NAMES = 12
MOST_BARS = 20


def depth_curve(points: Sequence[DepthPoint], objective: str = "score") -> "Figure | None":
    """Draws score and cost against trainable stages.

    Above the score of every seed, their mean and its 95 % t-interval, which needs two seeds;
    below the seconds of every seed and their mean.

    Args:
        points: The depths; a score that is not finite is left out.
        objective: What the score is.

    Returns:
        A matplotlib figure, or None if no depth has a score.
    """
    points = sorted(points, key=lambda point: point.stages)
    if not any(math.isfinite(score) for point in points for score in point.scores):
        return None
    figure = new_figure(7, 5.5)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _spread(above, points, [point.scores for point in points], BLUE)
    _spread(below, points, [point.seconds for point in points], VERMILION)
    tidy(above, "", plain(objective))
    tidy(below, "trainable stages, counted from the head, and the first of them", "training, s")
    below.set_ylim(bottom=0)
    _name_depths(below, points)
    above.legend(frameon=False, loc="best")
    return figure


def _spread(
    axes: "Axes", points: Sequence[DepthPoint], values: Sequence[Sequence[float]], color: str
) -> None:
    """Draws each value, the means, and their intervals where there are any."""
    places = [point.stages for point in points]
    each = [(place, value) for place, row in zip(places, values, strict=True) for value in row]
    means, lows, highs = zip(*map(mean_interval, values), strict=True)
    reach = [
        [mean - low for mean, low in zip(means, lows, strict=True)],
        [high - mean for mean, high in zip(means, highs, strict=True)],
    ]
    is_repeated = any(len(row) > 1 for row in values)
    if is_repeated:
        axes.plot(*zip(*each, strict=True), ".", color=GREY, label="each seed", zorder=3)
    label = "mean, 95 % interval" if is_repeated else "one seed, no interval"
    axes.errorbar(places, means, reach, color=color, marker="o", markersize=5, linewidth=1.5,
                  elinewidth=1, capsize=4, label=label)  # fmt: skip


def _name_depths(axes: "Axes", points: Sequence[DepthPoint]) -> None:
    """Writes the first stage that trains below each depth, if there is room."""
    if len(points) > MOST_NAMES:
        axes.xaxis.set_major_locator(whole_numbers())
        return
    names = [f"{point.stages}\n{plain(point.first)}" for point in points]
    axes.set_xticks([point.stages for point in points], names)


def rate_against_score(records: Sequence[TrialRecord], objective: str = "score") -> "Figure | None":
    """Draws the score against the rates of head and backbone; the colour is the depth.

    Args:
        records: Trials; those without a score are left out.
        objective: What the score is.

    Returns:
        A matplotlib figure with a panel for each rate that varies, or None if none does.
    """
    known = scored(records)
    names = [name for name in RATES if sum(map(_is_rate, values_of(known, name))) > 1]
    if not names:
        return None
    figure = new_figure(4.2 * len(names) + 1.2, 4)
    panels = figure.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        points = _rate_panel(axes, known, name)
        tidy(axes, name.replace("_", " "), "")
    panels[0].set_ylabel(plain(objective))
    if len(set(_depths(known))) > 1:
        label = "trainable stages"
        figure.colorbar(points, ax=list(panels), label=label, ticks=whole_numbers())
    return figure


def _rate_panel(axes: "Axes", known: Sequence[TrialRecord], name: str) -> "PathCollection":
    """Draws a dot for each trial in which the rate acts; grey where the depth is not known."""
    acting = [record for record in known if _is_rate(record.settings.get(name))]
    depths = _depths(known)
    axes.set_xscale("log")
    unknown = [record for record in acting if math.isnan(_depth(record))]
    axes.scatter(*_points(unknown, name), color=GREY, s=30, edgecolors="white", linewidths=0.5)
    sure = [record for record in acting if not math.isnan(_depth(record))]
    return axes.scatter(
        *_points(sure, name), c=[_depth(record) for record in sure], cmap="viridis", s=42,
        vmin=min(depths, default=0), vmax=max(depths, default=1), edgecolors="white",
        linewidths=0.5, zorder=3,
    )  # fmt: skip


def _points(records: Sequence[TrialRecord], name: str) -> tuple[list[float], list[float]]:
    return [record.settings[name] for record in records], [
        record.score or 0.0 for record in records
    ]


def _depths(records: Sequence[TrialRecord]) -> list[float]:
    return [depth for depth in map(_depth, records) if not math.isnan(depth)]


def _depth(record: TrialRecord) -> float:
    depth = record.settings.get(DEPTH)
    return float(depth) if isinstance(depth, (int, float)) else math.nan


def _is_rate(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value) and value > 0


def importance_bars(importance: Importance) -> "Figure | None":
    """Draws how much each setting matters, the largest first; grey if the ranking means nothing.

    Args:
        importance: As `importance` measured it.

    Returns:
        A matplotlib figure, or None if there are no numbers.
    """
    if importance.oob_score is None:
        return None
    names = list(importance.drops)[:MOST_BARS]
    drops = [importance.drops[name] for name in names]
    figure = new_figure(7, 1.3 + 0.33 * len(names))
    axes = figure.add_subplot()
    color = BLUE if importance.is_meaningful else GREY
    bars = axes.barh(range(len(names)), drops, color=color, height=0.65,
                     xerr=[importance.spreads[name] for name in names], ecolor=GREY)  # fmt: skip
    axes.bar_label(bars, [f"{drop:z.2f}" for drop in drops], padding=4)
    axes.set_yticks(range(len(names)), [plain(name) for name in names])
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.tick_params(axis="y", length=0)
    tidy(axes, "drop of the out-of-bag R²\nwhen the values of a setting are shuffled", "")
    axes.grid(False, axis="y")
    verdict = "" if importance.is_meaningful else ": this ranking means nothing"
    title = f"{importance.trials} trials, out-of-bag R² {importance.oob_score:z.2f}{verdict}"
    axes.set_title(title, loc="left", fontsize="medium")
    return figure


def trials_over_time(
    records: Sequence[TrialRecord], *, direction: str, objective: str = "score"
) -> "Figure | None":
    """Draws the score of each trial and the best so far; crosses mark trials that failed.

    Args:
        records: Trials, in the order in which they began.
        direction: `"max"` if more is better, else `"min"`.
        objective: What the score is.

    Returns:
        A matplotlib figure, or None if no trial has a score.
    """
    if not scored(records):
        return None
    places = {record.number: place for place, record in enumerate(records, start=1)}
    known = [(places[record.number], record.score) for record in scored(records)]
    best = [ranked(records[:place], direction)[0].score or 0.0 for place, _ in known]
    failed = [places[record.number] for record in records if record.status == FAILED]
    figure = new_figure(7, 4)
    axes = figure.add_subplot()
    axes.plot(*zip(*known, strict=True), "o", color=GREY, markersize=5, label="trial")
    tried = [place for place, _ in known]
    axes.step(tried, best, where="post", color=BLUE, linewidth=2, label="best so far")
    if failed:
        low = axes.get_xaxis_transform()
        heights = [0.02] * len(failed)
        axes.plot(failed, heights, "x", color=VERMILION, transform=low, label="failed")
    tidy(axes, "trial", plain(objective))
    axes.xaxis.set_major_locator(whole_numbers())
    axes.legend(frameon=False, loc="best")
    return figure
