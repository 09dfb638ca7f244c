import pytest

from keras_tl.data.sources.layout import is_divided, too_few_classes
from keras_tl.data.sources.tree import look_through


def divided(root):
    return is_divided(look_through(root), root)


@pytest.mark.parametrize(
    "names",
    [
        ("train/a/1.jpg", "train/b/2.jpg"),
        ("train/a/1.jpg", "validation/a/2.jpg", "test/b/3.jpg"),
        ("Training/a/1.jpg", "Testing/a/2.jpg"),
        ("train/a/1.jpg", "valid/b/2.jpg"),
        ("train/a/1.jpg", "train/loose.jpg", "test/2.jpg"),
        ("train/a/1.jpg", "test/notes.txt", "annotations/list.txt"),
    ],
)
def test_folders_called_and_filled_like_parts_are_parts(tree, names):
    assert divided(tree(*names))


@pytest.mark.parametrize(
    "names",
    [
        ("cat/1.jpg", "dog/2.jpg"),
        ("train/1.jpg", "plane/2.jpg"),
        ("train/steam/1.jpg", "plane/2.jpg"),
        ("cat/indoor/1.jpg", "dog/indoor/2.jpg"),
        ("train/1.jpg",),
        ("loose.jpg",),
        (),
    ],
)
def test_other_folders_are_classes(tree, names):
    assert not divided(tree(*names))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (
            ("train/a/1.jpg", "test/a/2.jpg", "unlabeled/3.jpg"),
            r"\['test', 'train', 'unlabeled'\], 'unlabeled': called like no part\. Move or rename",
        ),
        (("val/a/1.jpg", "test/a/2.jpg"), "without class folders in 'train'"),
        (("val/a/1.jpg", "train/2.jpg"), "without class folders in 'train'"),
        (("train/1.jpg", "test/2.jpg"), r"directly in them.* pass a list of \(path, label\)"),
    ],
)
def test_folders_that_are_half_parts_and_half_classes_are_refused(tree, names, message):
    with pytest.raises(ValueError, match=message) as caught:
        divided(tree(*names))
    assert "`source` must be laid out as CLASS/1.jpg, or train/CLASS/1.jpg" in str(caught.value)


def said_of_too_few(root):
    return str(too_few_classes(look_through(root), root, ["x"]))


def test_a_folder_around_the_right_one_is_pointed_at(tree):
    root = tree("flowers/rose/1.jpg", "flowers/tulip/2.jpg", "notes.txt")
    assert said_of_too_few(root).endswith(f"Did you mean {str(root / 'flowers')!r}?")
    root = tree("other/thing/3.jpg")
    assert "Did you mean" not in said_of_too_few(root)


@pytest.mark.parametrize("below", ["", "1.0.0/", "flowers/1.0.0/"])
def test_the_files_of_a_tfds_data_set_are_recognised(tree, below):
    root = tree(f"{below}dataset_info.json", f"{below}flowers-train.tfrecord-00000-of-00001")
    assert "pass 'tfds:NAME' with `data_dir`" in said_of_too_few(root)
    (root / f"{below}dataset_info.json").unlink()
    assert "tfds:" not in said_of_too_few(root)


def test_what_is_there_instead_is_said(tree):
    root = tree("a/1.svg", "b/2.txt", ".hidden/3.jpg")
    said = said_of_too_few(root)
    assert "with the folders ['a', 'b'] and pictures" in said
    assert "1.svg: .svg is not among" in said
