import numpy as np
import pytest

from keras_tl.data.sources.table import from_table


@pytest.fixture
def csv_file(tree):
    """Writes a CSV file beside the pictures `0.jpg` to `5.jpg`."""
    root = tree(*(f"pictures/{number}.jpg" for number in range(6)))

    def write(text):
        path = root / "pictures" / "list.csv"
        path.write_text(text)
        return path

    return write


def test_paths_begin_at_the_folder_of_the_file(csv_file, monkeypatch):
    path = csv_file("file,class\n0.jpg,cat\n1.jpg,dog\n")
    monkeypatch.chdir(path.parents[1])
    for source in (path, "pictures/list.csv"):
        found = from_table(source)
        assert [p.resolve() for p in found.pictures] == [path.parent / f"{n}.jpg" for n in (0, 1)]
        assert found.class_names == ["cat", "dog"]


def test_another_folder_may_be_named(csv_file):
    path = csv_file("file,class\npictures/0.jpg,cat\npictures/1.jpg,dog\n")
    assert len(from_table(path, root=path.parents[1]).pictures) == 2
    with pytest.raises(ValueError, match="none of use"):
        from_table(path)


def test_groups_parts_and_other_columns(csv_file):
    found = from_table(
        csv_file("id,photo,species,split,who\n7,0.jpg,cat,train,p1\n8,1.jpg,dog,test,p2\n"),
        {"path": "photo", "label": "species", "group": "who"},
    )
    assert found.groups.tolist() == ["p1", "p2"]
    assert found.parts.tolist() == ["train", "test"]


ZERO_ONE = "image,red,round\n0.jpg,1,0\n1.jpg,1,1\n2.jpg,0,0\n"


@pytest.mark.parametrize("columns", [None, {"label": ["red", "round"]}])
def test_several_columns_of_zero_and_one_are_several_labels(csv_file, columns):
    found = from_table(csv_file(ZERO_ONE), columns)
    assert found.class_names == ["red", "round"]
    np.testing.assert_array_equal(found.labels, [[1, 0], [1, 1], [0, 0]])


def test_the_columns_of_zero_and_one_may_be_chosen_and_named(csv_file):
    found = from_table(csv_file(ZERO_ONE), {"label": ["round", "red"]}, ["A", "B"])
    assert found.class_names == ["A", "B"]
    np.testing.assert_array_equal(found.labels, [[0, 1], [1, 1], [0, 0]])


def test_columns_of_which_one_holds_are_what_the_caller_says(csv_file):
    path = csv_file("image,MEL,NV\n0.jpg,0.0,1.0\n1.jpg,1.0,0.0\n2.jpg,FALSE,TRUE\n")
    with pytest.raises(ValueError, match="`multi_label` must say"):
        from_table(path)
    single = from_table(path, multi_label=False)
    assert single.class_names == ["MEL", "NV"]
    assert single.labels.tolist() == [1, 0, 1]
    assert from_table(path, multi_label=True).labels.shape == (3, 2)


def test_a_missing_zero_or_one_sets_its_row_aside(csv_file):
    found = from_table(csv_file("image,a,b\n0.jpg,1,1\n1.jpg,0,0\n2.jpg,,1\n"))
    assert len(found.labels) == 2
    assert found.set_aside[0].reason == "line 4: no label"


@pytest.mark.parametrize(
    ("text", "columns", "message"),
    [
        ("path,species\n0.jpg,cat\n", None, r"which column holds the label.*\['path', 'species'\]"),
        ("path,is_cat\n0.jpg,1\n", None, "which column holds the label"),
        ("path,a,b\n0.jpg,1,x\n", None, "which column holds the label"),
        ("path,a,b\n0.jpg,1,0\n1.jpg,1,2\n", {"label": ["a", "b"]}, "'2' in column 'b', line 3"),
        ("path,label\n0.jpg,cat\n1.jpg,cat\n", None, "two classes. Received: 2 pictures, all of"),
        ("path,label\n", None, "pictures below it"),
        ("0.jpg,cat\n1.jpg,dog\n", None, r"Received: the columns \['0\.jpg', 'cat'\]"),
    ],
)
def test_tables_that_cannot_be_read_are_refused(csv_file, text, columns, message):
    with pytest.raises(ValueError, match=message):
        from_table(csv_file(text), columns)


@pytest.fixture
def pandas():
    return pytest.importorskip("pandas")


def test_a_frame_is_read_from_the_working_directory(csv_file, pandas, monkeypatch):
    monkeypatch.chdir(csv_file("x").parent)
    frame = pandas.DataFrame(
        {
            "path": ["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg"],
            "label": pandas.array([1, 0, pandas.NA, 10, 0], dtype="Int64"),
            "group": ["p", "q", "q", None, "p"],
        },
        index=[3, 3, 3, 4, 5],
    )
    found = from_table(frame)
    assert found.class_names == ["0", "1"]
    assert found.labels.tolist() == [1, 0, 0]
    assert [item.reason for item in found.set_aside] == ["row 2: no label", "row 3: no group"]


def test_what_pandas_writes_is_what_pandas_holds(csv_file, pandas):
    path = csv_file("x")
    frame = pandas.DataFrame(
        {"path": ["0.jpg", "1.jpg", "2.jpg"], "label": ["cat", "dog", float("nan")]}
    )
    frame.to_csv(path, index=False)
    read, held = from_table(path), from_table(frame, root=path.parent)
    assert read.pictures == held.pictures
    assert read.labels.tolist() == held.labels.tolist()
    assert [i.name for i in read.set_aside] == [i.name for i in held.set_aside] == ["2.jpg"]


def test_numbers_with_a_gap_are_whole_numbers(csv_file, pandas):
    frame = pandas.DataFrame({"path": ["0.jpg", "1.jpg", "2.jpg"], "label": [1, 0, float("nan")]})
    found = from_table(frame, root=csv_file("x").parent, class_names=["no", "yes"])
    assert found.labels.tolist() == [1, 0]


def test_zero_and_one_as_truth_values(csv_file, pandas):
    frame = pandas.DataFrame({"path": ["0.jpg", "1.jpg"], "a": [True, False], "b": [True, True]})
    found = from_table(frame, root=csv_file("x").parent)
    np.testing.assert_array_equal(found.labels, [[1, 1], [0, 1]])
