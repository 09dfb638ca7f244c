from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_tl.evaluation.analysing.confidence import (
    THRESHOLDS,
    coverage_curve,
    coverage_table,
    reject_below,
)


@given(drawn=st.data(), threshold=st.floats(0, 1))
def test_a_row_is_what_its_words_say(splits, drawn, threshold):
    scored = drawn.draw(splits())
    (row,) = coverage_table(scored, [threshold])
    confidence = scored.probabilities.max(axis=1).astype("float64")
    kept = [ok for ok, sure in zip(scored.right, confidence, strict=True) if sure >= threshold]
    assert row.accepted == len(kept)
    assert row.rejected == scored.size - len(kept)
    assert row.coverage == pytest.approx(len(kept) / scored.size)
    assert row.accuracy == (pytest.approx(np.mean(kept)) if kept else None)
    assert row.wrong == len(kept) - sum(kept)


@given(drawn=st.data())
def test_of_several_labels_each_class_of_each_image_is_a_decision(splits, drawn):
    scored = drawn.draw(splits(multi_label=True))
    row, *_ = coverage_table(scored)
    assert row.accepted == scored.labels.size
    assert row.accuracy == pytest.approx((scored.decided == scored.labels).mean())


@given(drawn=st.data())
def test_the_curve_falls_from_accepting_everything(splits, drawn):
    scored = drawn.draw(splits())
    rows = coverage_curve(scored)
    assert rows[0].coverage == 1.0
    assert rows[0].accuracy == pytest.approx(scored.scores.accuracy)
    assert all(a.coverage > b.coverage for a, b in pairwise(rows))
    assert rows[-1].accepted > 0


def test_the_table_has_a_row_a_threshold(made):
    rows = coverage_table(made([0, 1], [[0.9, 0.1], [0.55, 0.45]]))
    assert [row.threshold for row in rows] == list(THRESHOLDS)
    assert rows[0].accuracy == 0.5
    assert (rows[2].accuracy, rows[2].wrong, rows[2].coverage) == (1.0, 0, 0.5)
    assert (rows[-1].accuracy, rows[-1].accepted) == (None, 0)


def test_a_no_of_high_probability_is_sure(made):
    """0.1 says no with 90 %."""
    scored = made([[0, 1]], [[0.1, 0.6]], multi_label=True)
    assert [row.accepted for row in coverage_table(scored, [0.0, 0.7, 0.95])] == [2, 1, 0]


def test_reject_below_is_the_lowest_threshold_that_is_good_enough(made):
    found = np.array([[0.5, 0.5], [0.6, 0.4], [0.7, 0.3], [0.8, 0.2]])
    scored = made([1, 0, 1, 0], found)
    assert reject_below(scored, 0.5).threshold == 0.5
    assert reject_below(scored, 0.6).threshold == pytest.approx(0.6)
    assert reject_below(scored, 0.9).threshold == pytest.approx(0.8)
    assert reject_below(made([1, 1, 1, 1], found), 0.5) is None


def test_a_probability_that_was_rounded_above_one_is_one(made):
    above = np.nextafter(np.float32(1), np.float32(2))
    (row,) = coverage_curve(made([0], [[above, 0.0]]))
    assert (row.threshold, row.accuracy) == (1.0, 1.0)


def test_thresholds_and_accuracies_are_shares(made):
    scored = made([0], [[1.0, 0.0]])
    with pytest.raises(ValueError, match="`thresholds` must be between 0"):
        coverage_table(scored, [1.5])
    with pytest.raises(ValueError, match="`accuracy` must be between 0"):
        reject_below(scored, 95)
