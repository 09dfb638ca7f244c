import io
import math
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex

from keras_tl.foundation.figures import BLUE, GREY
from keras_tl.tuning.records import COMPLETED, FAILED, RUNNING, DepthPoint, TrialRecord
from keras_tl.tuning.reporting.importance import Importance
from keras_tl.tuning.reporting.intervals import mean_interval
from keras_tl.tuning.reporting.pictures import (
    depth_curve,
    importance_bars,
    rate_against_score,
    trials_over_time,
)

POINTS = [
    DepthPoint(2, "stage4", 200, (0.90, 0.92, 0.94), (30.0, 31.0, 32.0)),
    DepthPoint(0, "head", 10, (0.80, 0.82, 0.84), (10.0, 11.0, 12.0)),
    DepthPoint(1, "stage5", 100, (0.85, math.nan, 0.87), (20.0, 21.0, 22.0)),
]
IMPORTANCE = Importance(40, {"rate": 0.5, "a$b$c\n": 0.1, "head": -0.02},
                        {"rate": 0.1, "a$b$c\n": 0.0, "head": 0.0}, 0.6)  # fmt: skip


def trial(number, score=None, status=COMPLETED, **settings):
    return TrialRecord(f"{number:02d}", status, settings, score)


def drawn(figure):
    """Renders a picture; warnings are errors here."""
    sink = io.BytesIO()
    figure.savefig(sink, format="png", dpi=50)
    return figure.axes


def legend_of(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_depths_have_means_and_intervals_in_their_order():
    above, below = drawn(depth_curve(POINTS, "val_accuracy"))
    (bars,) = above.containers
    line, _, (ends,) = bars.lines
    np.testing.assert_allclose(line.get_xydata(), [(0, 0.82), (1, 0.86), (2, 0.92)])
    found = [segment[:, 1] for segment in ends.get_segments()]
    expected = [mean_interval(point.scores)[1:] for point in sorted(POINTS, key=lambda p: p.stages)]
    np.testing.assert_allclose(found, expected)
    np.testing.assert_allclose(below.containers[0].lines[0].get_xydata()[:, 1], [11, 21, 31])
    assert above.get_ylabel() == "val_accuracy"
    assert [label.get_text() for label in below.get_xticklabels()] == [
        "0\nhead", "1\nstage5", "2\nstage4",
    ]  # fmt: skip
    assert "mean, 95 % interval" in legend_of(above)


def test_one_seed_has_no_interval_and_says_so():
    points = [replace(p, scores=p.scores[:1], seconds=p.seconds[:1]) for p in POINTS]
    above, _ = drawn(depth_curve(points))
    assert legend_of(above) == ["one seed, no interval"]


def test_many_depths_are_numbered_only():
    points = [DepthPoint(k, f"stage3.block{k}", 1, (0.9,), (1.0,)) for k in range(30)]
    _, below = drawn(depth_curve(points))
    labels = [label.get_text() for label in below.get_xticklabels()]
    assert "12" in labels
    assert not any("block" in label for label in labels)
    assert len(labels) < 15


def test_rates_are_on_a_log_axis_and_depth_is_the_colour():
    records = [
        trial(0, 0.7, head_rate=1e-4, trainable_stages=0),
        trial(1, 0.8, head_rate=1e-3, trainable_stages=2, backbone_rate=1e-5),
        trial(2, 0.9, head_rate=1e-2, trainable_stages=1, backbone_rate=1e-4),
        trial(3, 0.6, head_rate=1e-2),
        trial(4, status=FAILED, head_rate=1.0, trainable_stages=1),
        trial(5, math.nan, head_rate=1.0, trainable_stages=1),
        trial(6, 0.5, head_rate="warm", trainable_stages=1),
    ]
    head, backbone, bar = drawn(rate_against_score(records, "val_accuracy"))
    assert [head.get_xlabel(), backbone.get_xlabel()] == ["head rate", "backbone rate"]
    assert (head.get_xscale(), head.get_ylabel()) == ("log", "val_accuracy")
    unknown, known = head.collections
    np.testing.assert_allclose(unknown.get_offsets(), [(1e-2, 0.6)])
    np.testing.assert_allclose(known.get_offsets(), [(1e-4, 0.7), (1e-3, 0.8), (1e-2, 0.9)])
    np.testing.assert_allclose(known.get_array(), [0, 2, 1])
    np.testing.assert_allclose(backbone.collections[1].get_array(), [2, 1])
    assert backbone.collections[1].get_clim() == (0, 2)
    assert bar.get_ylabel() == "trainable stages"


def test_a_rate_that_does_not_vary_has_no_panel():
    records = [trial(i, 0.5 + i / 10, head_rate=10.0**-i, backbone_rate=1e-4) for i in range(3)]
    (head,) = drawn(rate_against_score(records))
    assert head.get_xlabel() == "head rate"


def test_bars_are_in_order_and_names_are_no_formulas():
    (axes,) = drawn(importance_bars(IMPORTANCE))
    (top, *_, last) = axes.patches
    assert (top.get_width(), last.get_width()) == (0.5, -0.02)
    assert axes.yaxis_inverted()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["rate", r"a\$b\$c", "head"]
    assert to_hex(top.get_facecolor()) == BLUE.lower()
    assert axes.get_title(loc="left") == "40 trials, out-of-bag R² 0.60"


def test_a_ranking_that_means_nothing_is_grey_and_says_so():
    (axes,) = drawn(importance_bars(replace(IMPORTANCE, oob_score=-0.1)))
    assert to_hex(axes.patches[0].get_facecolor()) == GREY.lower()
    assert axes.get_title(loc="left").endswith("R² -0.10: this ranking means nothing")


@pytest.mark.parametrize(
    ("direction", "best"), [("max", [0.5, 0.5, 0.8, 0.8]), ("min", [0.5, 0.4, 0.4, 0.1])]
)
def test_the_best_so_far_follows_the_trials(direction, best):
    records = [
        trial(0, 0.5), trial(1, status=FAILED), trial(2, 0.4), trial(3, 0.8), trial(4, math.nan),
        trial(5, 0.1), trial(6, status=RUNNING),
    ]  # fmt: skip
    (axes,) = drawn(trials_over_time(records, direction=direction, objective="a$b$_"))
    each, line, failed = axes.lines
    np.testing.assert_allclose(each.get_xydata(), [(1, 0.5), (3, 0.4), (4, 0.8), (6, 0.1)])
    np.testing.assert_allclose(line.get_xdata(), [1, 3, 4, 6])
    np.testing.assert_allclose(line.get_ydata(), best)
    assert list(failed.get_xdata()) == [2]
    assert axes.get_ylabel() == r"a\$b\$_"


def test_no_failures_need_no_mark():
    (axes,) = drawn(trials_over_time([trial(0, 0.5)], direction="max"))
    assert legend_of(axes) == ["trial", "best so far"]


@pytest.mark.parametrize("records", [[], [trial(0, status=FAILED), trial(1, math.nan)]])
def test_nothing_to_draw_is_no_picture(records):
    assert rate_against_score(records) is None
    assert trials_over_time(records, direction="max") is None
    assert importance_bars(Importance(2, reason="too few trials: 2 of 30")) is None
    assert depth_curve([]) is None
    assert depth_curve([DepthPoint(0, "head", 1, (), ())]) is None
    assert depth_curve([DepthPoint(0, "head", 1, (math.nan,), (1.0,))]) is None
