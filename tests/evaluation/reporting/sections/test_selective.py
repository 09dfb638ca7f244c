import numpy as np
import pytest

from keras_tl.evaluation.reporting.sections.selective import selective


def test_thresholds_are_chosen_on_validation_and_told_on_test(make_subject):
    labels = np.zeros(8, dtype=int)
    sure = np.array([0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6])
    validated = make_subject(labels, np.stack([sure, 1 - sure, 0 * sure], axis=1)).scored
    wrong_below = np.where(sure > 0.8, 0, 1)
    validated = make_subject(wrong_below, validated.probabilities).scored
    tested = np.stack([sure - 0.1, 1.1 - sure, 0 * sure], axis=1)
    section = selective(make_subject(labels, tested, validated=validated))
    strict = section.advised[-1]
    assert strict.threshold == pytest.approx(0.85)
    assert strict.reached.accepted == 1
    assert strict.reached.accuracy == 1.0


def test_a_long_curve_is_thinned_and_keeps_its_ends(make_subject):
    sure = np.linspace(0.5, 1.0, 2000)
    labels = (np.arange(2000) % 4 == 0).astype(int)
    found = np.stack([sure, 1 - sure, 0 * sure], axis=1)
    curve = selective(make_subject(labels, found)).curve
    assert len(curve) == 300
    assert curve[0] == (1.0, 0.75)
    assert curve[-1] == (1 / 2000, 1.0)


def test_the_curve_ends_where_all_is_kept(make_subject, noisy):
    labels, found = noisy
    section = selective(make_subject(labels, found))
    accuracy = (found.argmax(axis=1) == labels).mean()
    assert max(section.curve) == (1.0, pytest.approx(accuracy))
    assert section.advised == ()
    assert section.coverage_figure().get_label() == section.words
    assert f"at least 0% keeps 100.0%, of which {accuracy:.1%} is right" in section.words
