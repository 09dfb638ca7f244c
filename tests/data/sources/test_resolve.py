import numpy as np
import pytest
import tensorflow as tf
from sklearn.datasets import load_digits

from keras_tl.data.sources.options import SourceOptions
from keras_tl.data.sources.resolve import KINDS, examples_of, is_built_in, name_of_source

IMAGES = np.random.default_rng(0).integers(0, 256, (4, 5, 6, 3), dtype="uint8")
LABELS = np.array([0, 1, 1, 0])


@pytest.fixture
def root(tree):
    return tree("folder/a/1.jpg", "folder/b/2.jpg")


def csv_of(root, name="list.csv"):
    path = root / name
    path.write_text("path,label\nfolder/a/1.jpg,a\nfolder/b/2.jpg,b\n")
    return path


def dataset():
    return tf.data.Dataset.from_tensor_slices((IMAGES, LABELS))


SOURCES = {
    "folder": lambda root: root / "folder",
    "folder as text": lambda root: str(root / "folder"),
    "CSV": csv_of,
    "CSV as text": lambda root: str(csv_of(root, "LIST.CSV")),
    "list": lambda root: [(root / "folder/a/1.jpg", "a"), (root / "folder/b/2.jpg", "b")],
    "arrays": lambda root: (IMAGES, np.array(["a", "b"])[LABELS]),
    "data set": lambda root: dataset(),
    "mapping": lambda root: {"train": dataset().batch(2), "test": dataset()},
}


@pytest.mark.parametrize("kind", SOURCES)
def test_every_kind_of_source_gives_examples(root, kind):
    source = SOURCES[kind](root)
    found = examples_of(source)
    assert len(found.class_names) == 2
    assert len(found.pictures) == len(found.labels) >= 2
    assert set(found.labels) == {0, 1}
    is_array = isinstance(found.pictures, np.ndarray)
    assert is_array or all(path.is_file() for path in found.pictures)


@pytest.mark.parametrize("kind", SOURCES)
def test_class_names_give_the_order_whatever_the_source(root, kind):
    is_number = kind in ("data set", "mapping")
    found = examples_of(SOURCES[kind](root), SourceOptions(class_names=["b", "a", "c"]))
    assert found.class_names == ["b", "a", "c"]
    first = examples_of(SOURCES[kind](root)).labels
    assert found.labels.tolist() == (first if is_number else 1 - first).tolist()


def test_built_in_sources_are_scikit_learns():
    assert is_built_in("digits")
    assert not is_built_in("folder")
    assert not is_built_in(["digits"])
    assert examples_of("digits").labels.tolist() == load_digits().target.tolist()


def test_a_folder_wins_over_nothing_and_a_name_over_a_folder(root, monkeypatch):
    monkeypatch.chdir(root)
    (root / "folder").rename(root / "digits")
    assert len(examples_of("digits").labels) == 1797
    assert len(examples_of("./digits").labels) == 2


def test_columns_and_folder_reach_the_table(root):
    path = root / "other.csv"
    path.write_text("photo,label\na/1.jpg,x\nb/2.jpg,y\n")
    found = examples_of(path, SourceOptions(columns={"path": "photo"}, data_dir=root / "folder"))
    assert found.pictures == [root / "folder/a/1.jpg", root / "folder/b/2.jpg"]
    pairs = examples_of(
        [("a/1.jpg", 0), ("b/2.jpg", 1)], SourceOptions(data_dir=str(root / "folder"))
    )
    assert pairs.pictures == found.pictures


def test_what_one_hot_rows_mean_reaches_every_source(root):
    rows = np.eye(2)[LABELS]
    one, several = SourceOptions(multi_label=False), SourceOptions(multi_label=True)
    for source in ((IMAGES, rows), tf.data.Dataset.from_tensor_slices((IMAGES, rows))):
        assert examples_of(source, one).labels.tolist() == LABELS.tolist()
        assert examples_of(source, several).labels.shape == (4, 2)


@pytest.mark.parametrize("kind", ["folder", "list", "arrays"])
def test_columns_need_a_table(root, kind):
    with pytest.raises(ValueError, match="`columns` needs a table, a CSV file or DataFrame"):
        examples_of(SOURCES[kind](root), SourceOptions(columns={"path": "x"}))


@pytest.mark.parametrize(
    ("source", "received"),
    [
        ("digitz", "'digitz', which does not exist. Did you mean 'digits'?"),
        ("missing.csv", "'missing.csv', which does not exist."),
        (7, "a value of type int"),
        (None, "a value of type NoneType"),
        ((IMAGES, LABELS, LABELS), "a value of type tuple"),
        ({"train": IMAGES}, "a value of type dict"),
        (IMAGES, "a value of type ndarray"),
    ],
)
def test_what_is_no_source_is_told_what_is(source, received):
    with pytest.raises(ValueError, match="`source` must be ") as caught:
        examples_of(source)
    assert str(caught.value).endswith(f"Received: {received}")
    assert all(kind.described in str(caught.value) for kind in KINDS)


def test_a_file_of_another_kind_is_no_folder(root):
    with pytest.raises(ValueError, match=r"must be a folder.*1\.jpg'"):
        examples_of(root / "folder/a/1.jpg")


def test_sources_have_names_that_are_short(root):
    assert name_of_source("digits") == "digits"
    assert name_of_source(root) == str(root)
    names = {kind: name_of_source(make(root)) for kind, make in SOURCES.items()}
    assert names["CSV"] == str(root / "list.csv")
    assert [names[kind] for kind in ("list", "arrays", "data set", "mapping")] == [
        "pairs", "arrays", "dataset", "dataset",
    ]  # fmt: skip
