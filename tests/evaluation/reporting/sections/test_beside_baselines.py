import numpy as np
import pytest
from scipy.stats import binomtest

from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.sections.beside_baselines import beside_baselines


def test_each_is_compared_picture_by_picture(make_subject):
    labels = np.arange(30) % 3
    said = labels.copy()
    said[:3] = (labels[:3] + 1) % 3
    poor = labels.copy()
    poor[2:20] = (labels[2:20] + 1) % 3
    subject = make_subject(labels, np.eye(3)[said], decisions={"poor": poor, "same": said})
    section = beside_baselines(subject)
    same, other = section.baselines
    assert (same.name, same.verdict, same.paired.p_value) == ("same", "cannot tell", 1.0)
    assert (other.paired.only_first, other.paired.only_other) == (17, 2)
    assert other.paired.p_value == pytest.approx(binomtest(17, 19).pvalue)
    assert (other.accuracy, other.verdict) == (12 / 30, "better")
    assert section.verdicts == [
        ("cannot tell", "On this many test images it cannot be told from same."),
        ("better", "It is better than poor."),
    ]


def test_a_model_that_is_worse_is_called_so(make_subject):
    labels = np.arange(30) % 3
    subject = make_subject(labels, np.eye(3)[[0] * 30], decisions={"oracle": labels})
    section = beside_baselines(subject)
    assert section.baselines[0].verdict == "worse"
    assert section.verdicts[0] == ("worse", "It is worse than oracle.")


def test_none_asked_for_is_said(make_subject, noisy):
    with pytest.raises(Unavailable, match="No baselines"):
        beside_baselines(make_subject(*noisy))
