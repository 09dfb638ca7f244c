import warnings
from pathlib import Path

import numpy as np
import pytest

from keras_tl.data.sources.listing import Listing, from_listing


@pytest.fixture
def listing(tree):
    """Makes a listing of files `0.jpg` to `9.jpg`, which are there."""
    root = tree(*(f"{number}.jpg" for number in range(10)))

    def make(paths, labels, groups=None, splits=None):
        places = [f"line {2 + row}" for row in range(len(paths))]
        return Listing(places, paths, labels, groups, splits, root)

    return make


def aside(found, root):
    return {Path(item.name).name: item.reason for item in found.set_aside}


def test_a_listing_becomes_examples(listing):
    rows = listing(["0.jpg", "1.jpg"], ["cat", "ant"], ["p1", 2], ["Train", "val"])
    found = from_listing(rows)
    assert found.pictures == [rows.root / "0.jpg", rows.root / "1.jpg"]
    assert found.class_names == ["ant", "cat"]
    assert found.labels.tolist() == [1, 0]
    assert found.groups.tolist() == ["p1", "2"]
    assert found.parts.tolist() == ["train", "validation"]
    assert not found.set_aside


def test_what_is_not_listed_is_unknown(listing):
    found = from_listing(listing(["0.jpg", "1.jpg"], [0, 1]))
    assert found.groups is None
    assert found.parts is None


def test_absolute_paths_stay(listing, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "x.jpg"
    other.touch()
    assert from_listing(listing([str(other), "1.jpg"], [0, 1])).pictures[0] == other


def test_rows_that_lack_something_are_named_by_line_and_the_rest_is_read(listing):
    rows = listing(
        ["0.jpg", None, "2.jpg", " ", "4.jpg", "5.jpg", "6.jpg"],
        ["a", "a", float("nan"), None, "b", "b", "NaN"],
        ["p", "p", "p", "p", "", "p", "p"],
        ["train", "test", "train", "", "test", None, "train"],
    )
    with pytest.raises(ValueError, match="all of class 'a'"):
        from_listing(rows)
    rows.labels[5], rows.splits[5] = "b", "test"
    found = from_listing(rows)
    assert [path.name for path in found.pictures] == ["0.jpg", "5.jpg"]
    assert [item.reason for item in found.set_aside] == [
        "line 3: no path", "line 4: no label", "line 5: no path", "line 6: no group",
        "line 8: no label",
    ]  # fmt: skip


def test_rows_without_a_part_are_named(listing):
    rows = listing(["0.jpg", "1.jpg", "2.jpg"], ["a", "b", "a"], None, ["train", "train", None])
    assert from_listing(rows).set_aside[0].reason == "line 4: no split"


def test_files_that_are_not_there_are_named(listing):
    rows = listing(["0.jpg", "gone.jpg", "1.jpg", "."], ["a", "a", "b", "b"])
    found = from_listing(rows)
    assert len(found.pictures) == 2
    assert [(item.name, item.reason) for item in found.set_aside] == [
        ("gone.jpg", f"line 3: no file {str(rows.root / 'gone.jpg')!r}"),
        (".", f"line 5: no file {str(rows.root)!r}"),
    ]


def test_a_listing_of_which_nothing_is_there_says_where_it_looked(listing):
    rows = listing(["x/0.jpg", "x/1.jpg"], ["a", "b"])
    with pytest.raises(ValueError, match=r"2 rows, none of use\. x/0\.jpg in line 2: no file") as e:
        from_listing(rows)
    assert f"Relative paths begin at {str(rows.root)!r}; `data_dir` names" in str(e.value)
    with pytest.raises(ValueError, match="0 rows, none of use"):
        from_listing(listing([], []))


def test_rows_that_say_the_same_again_are_set_aside(listing):
    paths = ["0.jpg", "1.jpg", "./0.jpg", "0.jpg "]
    found = from_listing(listing(paths, ["a", "b", "a", "a"], [1, 2, 1, 1]))
    assert len(found.pictures) == 2
    assert aside(found, None) == {"0.jpg": "line 4: the same as line 2"} | {
        "0.jpg ": "line 5: the same as line 2"
    }


@pytest.mark.parametrize(
    ("labels", "groups", "splits", "said"),
    [
        (["a", "b", "b"], None, None, "as a in line 2 and b in line 4"),
        ([(0, 1), (1, 1), (1, 0)], None, None, r"\(0, 1\) in line 2"),
        (["a", "b", "a"], ["p", "p", "q"], None, "as a, p in line 2 and a, q in line 4"),
        (["a", "b", "a"], None, ["train", "test", "test"], "a, train in line 2 and a, test"),
    ],
)
def test_two_things_said_of_one_picture_are_refused(listing, labels, groups, splits, said):
    rows = listing(["0.jpg", "1.jpg", "0.jpg"], labels, groups, splits)
    with pytest.raises(ValueError, match=rf"one thing of each picture.*0\.jpg' .*{said}"):
        from_listing(rows)


def test_spaces_around_labels_are_taken_off_and_said(listing):
    rows = listing([f"{n}.jpg" for n in range(6)], ["cat", " cat", "big cat\t", "a ", "b ", "c "])
    with pytest.warns(UserWarning, match=r"off: ' cat', 'a ', 'b ' and others") as caught:
        found = from_listing(rows)
    assert len(caught) == 1
    assert found.class_names == ["a", "b", "big cat", "c", "cat"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        from_listing(listing([" 0.jpg ", "1.jpg"], ["big cat", "dog"]))


def test_whole_numbers_are_numbers(listing):
    rows = listing(["0.jpg", "1.jpg", "2.jpg"], ["10", "9", "10"])
    assert from_listing(rows).class_names == ["9", "10"]
    named = from_listing(listing(["0.jpg", "1.jpg"], ["1", "0"]), ["no", "yes"])
    assert named.labels.tolist() == [1, 0]
    assert named.class_names == ["no", "yes"]


@pytest.mark.parametrize("labels", [["007", "008"], ["1", "b"], ["-1", "1"], ["٣", "٤"]])
def test_what_only_looks_like_a_number_is_a_name(listing, labels):
    assert from_listing(listing(["0.jpg", "1.jpg"], labels)).class_names == sorted(labels)


def test_numbers_that_are_class_names_are_names(listing):
    found = from_listing(listing(["0.jpg", "1.jpg"], ["7", "3"]), ["3", "5", "7"])
    assert found.labels.tolist() == [2, 0]


def test_parts_of_an_unknown_name_are_named(listing):
    rows = listing(["0.jpg", "1.jpg"], ["a", "b"], None, ["train", "holdout"])
    with pytest.raises(
        ValueError, match=r"must hold 'train', .*'holdout' in line 3\. Pass columns"
    ):
        from_listing(rows)


def test_rows_of_zero_and_one_are_several_labels(listing):
    rows = listing(["0.jpg", "1.jpg", "2.jpg"], [(0, 1), (1, 1), (1, None)])
    found = from_listing(rows, ["red", "round"])
    np.testing.assert_array_equal(found.labels, [[0, 1], [1, 1]])
    assert found.set_aside[0].reason == "line 4: no label"
