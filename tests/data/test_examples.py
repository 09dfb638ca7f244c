import numpy as np
import pytest

from keras_tl.data.examples import Examples, encode_labels


def test_names_are_numbered_in_their_order():
    numbers, names = encode_labels(["dog", "cat", "dog"])
    assert names == ["cat", "dog"]
    assert numbers.tolist() == [1, 0, 1]


def test_numbers_without_names_are_their_own_names():
    numbers, names = encode_labels(np.array([7, 3, 7]))
    assert names == ["3", "7"]
    assert numbers.tolist() == [1, 0, 1]


def test_numbers_with_names_stay():
    numbers, names = encode_labels(np.array([2, 0]), ["a", "b", "c"])
    assert names == ["a", "b", "c"]
    assert numbers.tolist() == [2, 0]


def test_given_names_decide_the_order():
    numbers, names = encode_labels(["a", "b"], ["b", "a", "c"])
    assert names == ["b", "a", "c"]
    assert numbers.tolist() == [1, 0]


def test_zero_one_rows_are_several_labels():
    rows, names = encode_labels(np.array([[1, 0, 1], [0, 0, 0]]))
    assert names == ["0", "1", "2"]
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, [[1, 0, 1], [0, 0, 0]])


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [
        (np.array([0, 3]), ["a", "b"], r"`labels` must be numbers from 0 to 1.*from 0 to 3"),
        (np.array([-1, 0]), ["a", "b"], "numbers from -1 to 0"),
        (["a", "x"], ["a", "b"], r"among the class names \['a', 'b'\]\. Received: \['x'\]"),
        (np.array([[0, 2]]), None, "must be 0 or 1"),
        (np.array([[0, 1]]), ["a"], r"one name a column of `labels`, 2\. Received: 1 names"),
    ],
)
def test_labels_that_do_not_fit_are_named(labels, names, message):
    with pytest.raises(ValueError, match=message):
        encode_labels(labels, names)


@pytest.mark.parametrize("pictures", [[b"0", b"1", b"2"], np.arange(3)])
def test_taking_rows_takes_pictures_labels_and_parts(pictures):
    found = Examples(pictures, np.array([5, 6, 7]), ["a"], np.array(["x", "y", "z"]))
    taken = found.take([2, 0])
    assert list(taken.pictures) == [pictures[2], pictures[0]]
    assert taken.labels.tolist() == [7, 5]
    assert taken.parts.tolist() == ["z", "x"]
    assert len(found.take([]).pictures) == 0


def test_one_column_of_labels_is_one_label_an_image():
    numbers, names = encode_labels(np.array([[2], [0], [2]]))
    np.testing.assert_array_equal(numbers, [1, 0, 1])
    assert names == ["0", "2"]
