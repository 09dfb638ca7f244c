import numpy as np
import pytest

from keras_tl.evaluation.reporting.figures.confusion_matrix import confusion_matrix


def drawn(classes):
    counts = np.eye(classes, dtype=int) * 3
    counts[0, 1] = 2
    names = [f"name {number}" for number in range(classes)]
    return confusion_matrix(counts, names, "in words"), counts


@pytest.mark.parametrize(
    ("classes", "has_numbers", "has_names"), [(3, 1, 1), (30, 0, 1), (50, 0, 0)]
)
def test_numbers_and_names_are_there_while_they_can_be_read(classes, has_numbers, has_names):
    figure, counts = drawn(classes)
    axes = figure.axes[0]
    texts = {text.get_position(): text.get_text() for text in axes.texts}
    assert bool(texts) == has_numbers
    if has_numbers:
        assert texts == {(j, i): str(n) for (i, j), n in np.ndenumerate(counts) if n}
    assert len(axes.get_yticklabels()) == (classes if has_names else 0)
    assert figure.get_label() == "in words"


def test_colours_are_shares_of_the_true_class():
    figure, counts = drawn(3)
    shares = figure.axes[0].images[0].get_array()
    np.testing.assert_allclose(shares, counts / counts.sum(axis=1, keepdims=True))


def test_a_class_without_images_has_no_colour():
    figure = confusion_matrix(np.array([[1, 0], [0, 0]]), ["a", "b"], "words")
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array()[1], [0, 0])
