import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.sections.confusions import confusions


def test_the_matrix_is_that_of_scikit_learn_and_pairs_are_its_largest_numbers(make_subject, noisy):
    labels, found = noisy
    section = confusions(make_subject(labels, found))
    expected = confusion_matrix(labels, found.argmax(axis=1))
    np.testing.assert_array_equal(section.matrix, expected)
    wrong = sorted(expected[~np.eye(3, dtype=bool)], reverse=True)
    assert [pair.images for pair in section.pairs] == wrong
    for pair in section.pairs:
        row, column = (["ant", "bee", "cat"].index(name) for name in (pair.truth, pair.said))
        assert expected[row, column] == pair.images
        assert pair.share == pair.images / expected[row].sum()


def test_words_hold_the_numbers_and_the_figure_carries_them(make_subject, noisy):
    section = confusions(make_subject(*noisy))
    right = np.trace(section.matrix)
    assert f"{right} of 200 images on the diagonal" in section.words
    first = section.pairs[0]
    assert f"{first.truth} as {first.said}: {first.images}" in section.words
    assert section.matrix_figure().get_label() == section.words


def test_nothing_confused_is_said(make_subject):
    section = confusions(make_subject([0, 1, 2], np.eye(3)))
    assert section.pairs == ()
    assert "None is confused with another" in section.words


def test_of_a_hundred_classes_only_the_most_confused_pairs_are_told(make_subject):
    generator = np.random.default_rng(0)
    labels, found = np.arange(300) % 100, generator.dirichlet(np.ones(100), 300)
    section = confusions(make_subject(labels, found, [f"class {i}" for i in range(100)]))
    assert len(section.pairs) == 10
    axes = section.matrix_figure().axes[0]
    assert not axes.texts
    assert len(axes.get_xticks()) == 0


def test_several_labels_have_no_confusion(make_subject):
    with pytest.raises(Unavailable, match="several classes may hold"):
        confusions(make_subject(np.eye(3, dtype=int), np.eye(3), multi_label=True))
