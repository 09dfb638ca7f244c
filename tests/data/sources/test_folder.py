from pathlib import Path

import pytest

from keras_tl.data.sources.folder import from_folder, pictures_in


@pytest.fixture
def tree(tmp_path):
    """Makes empty files; reading a folder looks at names only."""

    def make(*names):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return tmp_path

    return make


def listed(root):
    found = from_folder(root)
    names = [path.relative_to(root).as_posix() for path in found.pictures]
    return dict(zip(names, (found.class_names[i] for i in found.labels), strict=True))


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
    root = tree("a/1.jpg", "b/2.jpg", "tiffs/scan.tif", "a/notes.txt")
    aside = {Path(item.name).name: item.reason for item in from_folder(root).set_aside}
    assert set(aside) == {"scan.tif", "tiffs"}
    assert "not among" in aside["scan.tif"]
    assert "without pictures" in aside["tiffs"]
