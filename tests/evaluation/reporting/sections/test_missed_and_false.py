import numpy as np
import pytest

from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.sections.missed_and_false import missed_and_false


def test_wrong_decisions_are_counted_most_first(make_subject):
    labels = np.array([[1, 0, 1], [1, 1, 0], [0, 1, 0], [1, 0, 0]])
    said = np.array([[1, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 0]])
    section = missed_and_false(make_subject(labels, 0.2 + 0.6 * said, multi_label=True))
    found = {one.name: (one.missed, one.false, one.support) for one in section.classes}
    assert found == {"cat": (1, 2, 1), "bee": (1, 1, 2), "ant": (1, 0, 3)}
    assert list(found) == ["cat", "bee", "ant"]
    assert "cat: 1 missed of 1, 2 named in error" in section.words
    assert section.errors_figure().get_label() == section.words


def test_one_label_an_image_has_confusions_instead(make_subject, noisy):
    with pytest.raises(Unavailable, match="one label"):
        missed_and_false(make_subject(*noisy))
