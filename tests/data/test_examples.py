import numpy as np
import pytest

from keras_tl.data.examples import Examples, trainable


def examples(labels=(0, 1), parts=None):
    return Examples([b""] * len(labels), np.array(labels), ["a", "b"], parts)


@pytest.mark.parametrize("pictures", [[b"0", b"1", b"2"], np.arange(3)])
@pytest.mark.parametrize("rows", [[2, 0], np.array([2, 0])])
def test_taking_rows_takes_all_that_is_known_of_them(pictures, rows):
    parts, groups = np.array(["x", "y", "z"]), np.array(["p", "q", "r"])
    found = Examples(pictures, np.array([5, 6, 7]), ["a"], parts, groups=groups)
    taken = found.take(rows)
    assert list(taken.pictures) == [pictures[2], pictures[0]]
    assert taken.labels.tolist() == [7, 5]
    assert taken.parts.tolist() == ["z", "x"]
    assert taken.groups.tolist() == ["r", "p"]
    assert len(found.take([]).pictures) == 0


def test_what_is_not_known_stays_unknown():
    taken = examples().take([1])
    assert taken.parts is None
    assert taken.groups is None


def test_trainable_examples_stay_as_they_are():
    for found in (examples(), examples(parts=np.array(["train", "test"]))):
        assert trainable(found) is found


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (examples(()), r"must hold pictures\. Received: none"),
        (examples((1, 1)), r"two classes\. Received: 2 pictures, all of class 'b'"),
        (examples(parts=np.array(["test", "validation"])), "for test and validation alone"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(found, message):
    with pytest.raises(ValueError, match=message):
        trainable(found)
