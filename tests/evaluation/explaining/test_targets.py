import numpy as np
import pytest

from keras_tl.evaluation.explaining.targets import names_of_outputs, targets

NAMES = ["ant", "bee", "cat"]
FOUND = np.array([[0.2, 0.7, 0.1], [0.5, 0.2, 0.3]])


def as_lists(classes=None, top=1):
    return [numbers.tolist() for numbers in targets(classes, top, FOUND, NAMES)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [[0, 1], [1, 0]]),
        ({"top": 2}, [[0, 0, 1, 1], [1, 0, 0, 2]]),
        ({"top": 9}, [[0, 0, 0, 1, 1, 1], [1, 0, 2, 0, 2, 1]]),
        ({"classes": "cat"}, [[0, 1], [2, 2]]),
        ({"classes": ["cat"]}, [[0, 1], [2, 2]]),
        ({"classes": ["cat", "bee"]}, [[0, 1], [2, 1]]),
        ({"classes": [("cat", "ant")]}, [[0, 0, 1, 1], [2, 0, 2, 0]]),
        ({"classes": [("cat", "ant"), "bee"]}, [[0, 0, 1], [2, 0, 1]]),
        ({"classes": [("cat",), ()]}, [[0], [2]]),
    ],
)
def test_pictures_and_classes(options, expected):
    assert as_lists(**options) == expected


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": "bea"}, r"`classes` must be of 'ant', 'bee', 'cat'\..*Did you mean 'bee'"),
        ({"classes": ["ant", "bee", "cat"]}, "one for each of the 2. Received: 3 entries"),
        ({"classes": []}, "Received: 0 entries"),
        ({"classes": [(), ()]}, "at least one class"),
        ({"classes": "ant", "top": 2}, "`top` must be 1 where `classes` are named"),
        ({"top": 0}, "`top` must be an integer >= 1"),
    ],
)
def test_mistakes_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        as_lists(**options)


def test_of_many_names_a_few_are_listed():
    names = [f"class {number}" for number in range(1000)]
    with pytest.raises(ValueError, match=r"'class 9', \.\.\.\. Received: classes='clas 7'"):
        targets("clas 7", 1, np.zeros((1, 1000)), names)


def test_names_are_those_of_the_model_or_numbers(make_model, make_tiny):
    assert names_of_outputs(make_model()) == NAMES
    assert names_of_outputs(make_tiny("plain")) == ["0", "1", "2"]
