import math

import numpy as np
import pytest

from keras_tl.data.labels import encode_labels, is_missing, rarest_class


def test_names_are_numbered_in_their_order():
    numbers, names = encode_labels(["dog", "cat", "dog"])
    assert names == ["cat", "dog"]
    assert numbers.tolist() == [1, 0, 1]


@pytest.mark.parametrize("dtype", ["int64", "uint8", "float32", "object"])
def test_numbers_without_names_are_their_own_names(dtype):
    numbers, names = encode_labels(np.array([7, 3, 7], dtype))
    assert names == ["3", "7"]
    assert numbers.tolist() == [1, 0, 1]
    assert numbers.dtype == np.int64


def test_numbers_are_in_the_order_of_numbers():
    assert encode_labels(np.array([10, 9, 10]))[1] == ["9", "10"]


@pytest.mark.parametrize("dtype", ["int64", "float32"])
def test_numbers_with_names_stay(dtype):
    numbers, names = encode_labels(np.array([2, 0], dtype), ["a", "b", "c"])
    assert names == ["a", "b", "c"]
    assert numbers.tolist() == [2, 0]


def test_fractions_are_names():
    assert encode_labels(np.array([0.5, 1.0]))[1] == ["0.5", "1.0"]


def test_given_names_decide_the_order():
    numbers, names = encode_labels(["a", "b"], ["b", "a", "c"])
    assert names == ["b", "a", "c"]
    assert numbers.tolist() == [1, 0]


def test_zero_one_rows_are_several_labels():
    rows, names = encode_labels(np.array([[1, 0, 1], [0, 0, 0]]))
    assert names == ["0", "1", "2"]
    assert rows.dtype == np.float32
    np.testing.assert_array_equal(rows, [[1, 0, 1], [0, 0, 0]])


def test_one_column_of_labels_is_one_label_an_image():
    numbers, names = encode_labels(np.array([[2], [0], [2]]))
    np.testing.assert_array_equal(numbers, [1, 0, 1])
    assert names == ["0", "2"]


def test_one_hot_rows_are_what_the_caller_says():
    rows = np.eye(3)[[2, 0, 1, 2]]
    single, names = encode_labels(rows, ["a", "b", "c"], multi_label=False)
    assert single.tolist() == [2, 0, 1, 2]
    assert single.dtype == np.int64
    assert names == ["a", "b", "c"]
    several, _ = encode_labels(rows, multi_label=True)
    np.testing.assert_array_equal(several, rows)
    with pytest.raises(ValueError, match=r"`multi_label` must say .*False .*one-hot.* 4 such rows"):
        encode_labels(rows)


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (np.array([0, 3]), {"class_names": ["a", "b"]}, r"from 0 to 1.*from 0 to 3"),
        (np.array([-1, 0]), {"class_names": ["a", "b"]}, "numbers from -1 to 0"),
        (["a", "x"], {"class_names": ["a", "b"]}, r"names \['a', 'b'\]\. Received: \['x'\]"),
        (np.array([[0, 2]]), {}, "must be 0 or 1"),
        (np.array([[0, np.nan]]), {}, "must be 0 or 1"),
        (np.array([[0, 1]]), {"class_names": ["a"]}, r"`labels`, 2\. Received: 1 names"),
        (np.array([[0, 1], [1, 1]]), {"multi_label": False}, "1 of 2 rows .* in row 1"),
        ([0, 1], {"multi_label": True}, r"one an example.*shape \(2,\), multi_label=True"),
        (np.zeros((2, 2, 2)), {}, r"shape \(2, 2, 2\)"),
        (np.array([1.0, np.nan]), {}, "a label for each example. Received: NaN, 1 of 2"),
        (np.array(["a", None], object), {}, "Received: None or NaN"),
    ],
)
def test_labels_that_do_not_fit_are_named(labels, options, message):
    with pytest.raises(ValueError, match=message):
        encode_labels(labels, **options)


class Undecided:
    """Like the NA of pandas: no comparison with it has a truth value."""

    def __ne__(self, other):
        return self

    def __bool__(self):
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = object.__hash__


@pytest.mark.parametrize("value", [None, math.nan, np.float32("nan"), np.datetime64("NaT")])
def test_nothing_is_missing(value):
    assert is_missing(value)


def test_an_answer_without_truth_value_is_missing():
    assert is_missing(Undecided())


@pytest.mark.parametrize("value", ["", "nan", 0, False, 0.0])
def test_something_is_not_missing(value):
    assert not is_missing(value)


def test_an_image_of_several_classes_counts_to_the_rarest():
    labels = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 0], [1, 1, 1]], float)
    assert rarest_class(labels).tolist() == [0, 1, 2, 1, 3, 2]
