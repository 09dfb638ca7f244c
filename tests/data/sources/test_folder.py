import os
from pathlib import Path

import numpy as np
import pytest

from keras_tl.data.sources.folder import from_folder, pictures_in


def listed(root):
    found = from_folder(root)
    names = [path.relative_to(root).as_posix() for path in found.pictures]
    return dict(zip(names, (found.class_names[i] for i in found.labels), strict=True))


def set_aside(root):
    return {
        Path(item.name).relative_to(root).as_posix(): item.reason
        for item in from_folder(root).set_aside
    }


def test_the_folder_is_the_class_and_deeper_folders_belong_to_it(tree):
    root = tree("cat/1.jpg", "cat/deep/er/2.PNG", "dog/3.webp", "dog/4.gif", "dog/5.bmp")
    assert listed(root) == {
        "cat/1.jpg": "cat",
        "cat/deep/er/2.PNG": "cat",
        "dog/3.webp": "dog",
        "dog/4.gif": "dog",
        "dog/5.bmp": "dog",
    }
    assert from_folder(root).parts is None


def test_hidden_and_system_things_and_other_files_are_passed_over(tree):
    root = tree(
        "a/1.jpg", "b/2.jpeg", "a/.hidden.jpg", ".git/3.jpg", "__MACOSX/a/4.jpg",
        "a/__MACOSX/5.jpg", "b/.thumbs/6.jpg", "b/notes.txt", "loose.jpg", "README.md",
    )  # fmt: skip
    assert listed(root) == {"a/1.jpg": "a", "b/2.jpeg": "b"}


def test_a_folder_without_pictures_is_no_class(tree):
    root = tree("a/1.jpg", "b/2.jpg", "empty/notes.txt")
    assert from_folder(root).class_names == ["a", "b"]


def test_names_of_any_script_are_classes(tree):
    root = tree("кот/1.jpg", "big dog/2.jpg", "[red]/3.jpg")
    assert set(from_folder(root).class_names) == {"кот", "big dog", "[red]"}


@pytest.mark.parametrize("validation", ["val", "validation"])
def test_train_validation_and_test_folders_are_parts(tree, validation):
    root = tree("train/a/1.jpg", "train/b/2.jpg", f"{validation}/a/3.jpg", "test/b/4.jpg")
    found = from_folder(root)
    assert found.class_names == ["a", "b"]
    parts = {path.name: part for path, part in zip(found.pictures, found.parts, strict=True)}
    assert parts == {"1.jpg": "train", "2.jpg": "train", "3.jpg": "validation", "4.jpg": "test"}


def test_train_beside_other_folders_is_a_class(tree):
    root = tree("train/1.jpg", "plane/2.jpg")
    assert from_folder(root).class_names == ["plane", "train"]
    assert from_folder(root).parts is None


@pytest.mark.parametrize("names", [(), ("loose.jpg",), ("one/1.jpg",), ("a/1.txt", "b/2.jpg")])
def test_fewer_than_two_classes_is_an_error_that_shows_what_is_there(tree, names):
    root = tree(*names)
    with pytest.raises(ValueError, match="at least two classes") as caught:
        from_folder(root)
    assert str(root) in str(caught.value)


def test_what_is_no_folder_is_named(tree):
    root = tree("a.jpg")
    with pytest.raises(ValueError, match=r"`source` must be a folder.*a\.jpg"):
        from_folder(root / "a.jpg")


def test_pictures_are_in_the_order_of_their_names(tree):
    root = tree("b.jpg", "a/c.jpg", "a.png", ".x.jpg")
    assert [p.relative_to(root).as_posix() for p in pictures_in(root)] == [
        "a/c.jpg", "a.png", "b.jpg",
    ]  # fmt: skip


def test_linked_classes_are_followed(tree, tmp_path):
    root = tree("root/a/1.jpg", "elsewhere/2.jpg") / "root"
    (root / "b").symlink_to(tmp_path / "elsewhere")
    assert listed(root) == {"a/1.jpg": "a", "b/2.jpg": "b"}


def test_pictures_of_other_kinds_and_empty_folders_are_named(tree):
    root = tree("a/1.jpg", "b/2.jpg", "drawings/scan.svg", "a/notes.txt")
    aside = set_aside(root)
    assert set(aside) == {"drawings/scan.svg", "drawings"}
    assert "not among" in aside["drawings/scan.svg"]
    assert "without pictures" in aside["drawings"]


def test_pictures_in_no_class_folder_are_named(tree):
    root = tree("logo.png", "a/1.jpg", "b/2.jpg")
    assert set_aside(root) == {"logo.png": "lies in no class folder"}
    assert listed(root) == {"a/1.jpg": "a", "b/2.jpg": "b"}


def test_pictures_in_no_class_folder_of_a_part_are_named(tree):
    root = tree("train/a/1.jpg", "train/b/2.jpg", "train/logo.png", "test/unlabeled.jpg", "x.jpg")
    assert set(set_aside(root)) == {"train/logo.png", "test/unlabeled.jpg", "x.jpg"}
    assert set(from_folder(root).parts) == {"train"}


def test_empty_classes_of_a_part_are_named(tree):
    root = tree("train/a/1.jpg", "train/b/2.jpg", "train/c/notes.txt", "test/a/3.jpg", "test/b/.x")
    assert set(set_aside(root)) == {"train/c", "test/b"}


def test_a_folder_named_like_a_picture_is_a_folder(tree):
    root = tree("a/1.jpg", "a/x.jpg/notes.txt", "a/y.jpg/2.jpg", "b.png/3.jpg", "c.gif/notes.txt")
    assert listed(root) == {"a/1.jpg": "a", "a/y.jpg/2.jpg": "a", "b.png/3.jpg": "b.png"}
    assert set(set_aside(root)) == {"a/x.jpg", "c.gif"}


def test_links_that_lead_nowhere_are_named_and_the_rest_is_read(tree):
    root = tree("a/1.jpg", "b/2.jpg")
    (root / "b" / "3.jpg").symlink_to(root / "nowhere.jpg")
    (root / "b" / "up").symlink_to(root)
    assert set_aside(root) == {
        "b/3.jpg": "a link to nothing",
        "b/up": "a link to a folder that it lies in",
    }
    assert len(listed(root)) == 2


def test_a_class_of_the_test_part_alone_is_a_class(tree):
    root = tree("train/a/1.jpg", "train/b/2.jpg", "test/c/3.jpg")
    found = from_folder(root)
    assert found.class_names == ["a", "b", "c"]
    assert found.labels.tolist() == [2, 0, 1]


def test_parts_without_training_are_refused(tree):
    with pytest.raises(ValueError, match="without class folders in 'train'"):
        from_folder(tree("test/a/1.jpg", "test/b/2.jpg"))


def test_class_names_give_the_order(tree):
    root = tree("a/1.jpg", "b/2.jpg")
    found = from_folder(root, ["b", "z", "a"])
    assert found.class_names == ["b", "z", "a"]
    assert found.labels.tolist() == [2, 0]
    with pytest.raises(ValueError, match=r"among the class names \['a'\]\. Received: \['b'\]"):
        from_folder(root, ["a"])


def test_tiff_and_avif_are_pictures(tree):
    assert len(listed(tree("a/1.tif", "a/2.TIFF", "b/3.avif"))) == 3


def test_ten_thousand_files_are_listed_in_the_order_of_their_names(tmp_path):
    for label in range(20):
        folder = tmp_path / f"{label:02}"
        folder.mkdir()
        for number in range(500):
            os.close(os.open(folder / f"{number}.jpg", os.O_CREAT))
    found = from_folder(tmp_path)
    assert found.pictures == sorted(tmp_path.rglob("*.jpg"))
    assert np.bincount(found.labels).tolist() == [500] * 20
