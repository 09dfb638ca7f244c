from pathlib import Path

import numpy as np
import pytest

from keras_tl.data.sources.pairs import from_pairs


@pytest.fixture
def root(tree):
    return tree("0.jpg", "1.jpg", "2.jpg")


def test_pairs_are_read_from_the_working_directory_or_a_folder(root, monkeypatch):
    pairs = [("0.jpg", "dog"), (Path("1.jpg"), "cat"), ["2.jpg", "dog"]]
    found = from_pairs(pairs, root=root)
    assert found.pictures == [root / f"{number}.jpg" for number in range(3)]
    assert found.labels.tolist() == [1, 0, 1]
    monkeypatch.chdir(root)
    assert from_pairs(pairs).labels.tolist() == [1, 0, 1]
    assert from_pairs(pairs, ["dog", "cat"]).labels.tolist() == [0, 1, 0]


def test_rows_of_zero_and_one(root):
    pairs = [("0.jpg", [0, 1]), ("1.jpg", (1, 0)), ("2.jpg", np.array([0, 1]))]
    assert from_pairs(pairs, multi_label=False, root=root).labels.tolist() == [1, 0, 1]
    found = from_pairs(pairs, ["red", "round"], True, root)
    np.testing.assert_array_equal(found.labels, [[0, 1], [1, 0], [0, 1]])


def test_pairs_of_no_use_are_named_by_their_number(root):
    pairs = [("0.jpg", 0), ("1.jpg", 1), ("x.jpg", 1), (None, 1), ("2.jpg", None), ("0.jpg", 0)]
    found = from_pairs(pairs, root=root)
    assert [item.reason.split(":")[0] for item in found.set_aside] == [
        "item 2", "item 3", "item 4", "item 5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pairs", "received"),
    [
        (["0.jpg", "1.jpg"], "whose item 0 is '0.jpg'"),
        ([("0.jpg", 1), ("1.jpg", 1, 2)], "whose item 1 is ('1.jpg', 1, 2)"),
        ([(0, "0.jpg")], "whose item 0 is (0, '0.jpg')"),
        ([np.zeros((2, 2)), np.zeros(2)], "whose item 0 is array"),
        ([], "0 rows, none of use"),
    ],
)
def test_other_lists_are_refused(root, pairs, received):
    with pytest.raises(ValueError, match=r"`source` must (be a list of \(path, label\)|list)") as e:
        from_pairs(pairs, root=root)
    assert received in str(e.value)
