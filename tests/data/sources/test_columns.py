import pytest

from keras_tl.data.sources.columns import find_columns


@pytest.mark.parametrize("path", ["path", "file", "filename", "image", "Path", "FILE"])
@pytest.mark.parametrize("label", ["label", "class", "Class"])
def test_usual_names_are_found(path, label):
    found = find_columns(["id", label, path])
    assert found == (path, (label,), None, None)


def test_group_and_split_are_found():
    assert find_columns(["image", "label", "Split", "group"])[2:] == ("group", "Split")


def test_given_names_come_first():
    names = ["path", "photo", "label", "species", "group", "patient", "split", "fold"]
    given = {"path": "photo", "label": "species", "group": "patient", "split": "fold"}
    assert find_columns(names, given) == ("photo", ("species",), "patient", "fold")


def test_usual_names_can_be_passed_over():
    names = ["path", "label", "group", "split"]
    found = find_columns(names, {"group": None, "split": None, "label": None})
    assert found == ("path", (), None, None)


def test_several_columns_of_labels():
    assert find_columns(["path", "a", "b"], {"label": ["b", "a"]}).labels == ("b", "a")


def test_no_column_of_labels_is_left_to_the_caller():
    assert find_columns(["path", "a", "b"]).labels == ()


@pytest.mark.parametrize(
    ("names", "given", "message"),
    [
        (["photo", "label"], None, r"holds the paths, as in .* Received: the columns \['photo'"),
        (["photo", "label"], {"path": None}, "one must be called path or file or"),
        (["photo", "label"], {"path": "phto"}, r"`columns\['path'\]` .* Did you mean 'photo'"),
        (["path", "species"], {"label": "specie"}, "Did you mean 'species'"),
        (["path", "red", "round"], {"label": ["red", "ruond"]}, "Did you mean 'round'"),
        (["path", "label"], {"group": "patient"}, r"must be one of 'path', 'label'"),
        (["path", "label"], {"lable": "x"}, "Unknown key in `columns`: 'lable'.*mean 'label'"),
        (["path", "file", "label"], None, r"which column holds the path, .*\['path', 'file'\]"),
        (["path", "label", "class"], None, r"which column holds the label"),
    ],
)
def test_columns_that_are_not_there_or_not_clear_are_named(names, given, message):
    with pytest.raises(ValueError, match=message):
        find_columns(names, given)
