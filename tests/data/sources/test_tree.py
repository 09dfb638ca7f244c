import os
import socket
from pathlib import Path

import pytest

from keras_tl.data.sources.tree import SUFFIXES, look_through


def reasons(tree, root):
    return {Path(item.name).relative_to(root).as_posix(): item.reason for item in tree.set_aside}


def test_pictures_come_in_the_order_of_their_paths(tree):
    root = tree("b.jpg", "a/c.jpg", "a.png", "a/b/x.gif", "a/d.jpg", "A/z.bmp", "a b/1.jpg")
    found = look_through(root)
    assert found.pictures == sorted(path for path in root.rglob("*") if path.is_file())


def test_each_picture_knows_the_folders_it_lies_in(tree):
    root = tree("1.jpg", "a/2.jpg", "a/b/3.jpg")
    found = look_through(root)
    assert dict(zip(found.pictures, found.folders, strict=True)) == {
        root / "1.jpg": (),
        root / "a/2.jpg": ("a",),
        root / "a/b/3.jpg": ("a", "b"),
    }
    assert found.visited == [("a",), ("a", "b")]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_suffixes_count_in_capitals_too(tree, suffix):
    root = tree(f"a{suffix}", f"b{suffix.upper()}")
    assert len(look_through(root).pictures) == 2


def test_hidden_and_system_things_are_passed_over_without_a_word(tree):
    root = tree(".x.jpg", ".git/1.jpg", "__MACOSX/2.jpg", "a/.DS_Store", "a/__MACOSX/3.jpg")
    found = look_through(root)
    assert not found.pictures
    assert not found.set_aside
    assert found.visited == [("a",)]


def test_the_root_itself_may_be_hidden(tree):
    root = tree(".cache/a/1.jpg") / ".cache"
    assert len(look_through(root).pictures) == 1


def test_pictures_of_other_kinds_are_named_and_other_files_are_not(tree):
    root = tree("scan.svg", "icon.ICO", "notes.txt", "README", "clip.mp4")
    found = reasons(look_through(root), root)
    assert set(found) == {"scan.svg", "icon.ICO"}
    assert found["icon.ICO"] == f".ico is not among {', '.join(SUFFIXES)}"


def test_links_are_followed(tree):
    root = tree("root/a/1.jpg", "elsewhere/2.jpg") / "root"
    (root / "b").symlink_to(root.parent / "elsewhere")
    (root / "a" / "3.jpg").symlink_to(root / "a" / "1.jpg")
    found = look_through(root)
    assert [path.relative_to(root).as_posix() for path in found.pictures] == [
        "a/1.jpg", "a/3.jpg", "b/2.jpg",
    ]  # fmt: skip
    assert not found.set_aside


@pytest.mark.parametrize("target", [".", "..", "../..", "../../..", "../../../.."])
def test_links_to_where_they_lie_are_named_and_not_followed(tree, target):
    root = tree("root/a/1.jpg", "root/a/inner/2.jpg") / "root"
    link = root / "a" / "inner" / "again"
    link.symlink_to(target)
    found = look_through(root)
    assert len(found.pictures) == 2
    assert reasons(found, root) == {"a/inner/again": "a link to a folder that it lies in"}


def test_links_from_one_folder_to_another_and_back_come_to_an_end(tree):
    root = tree("a/1.jpg", "b/2.jpg")
    (root / "a" / "to_b").symlink_to(root / "b")
    (root / "b" / "to_a").symlink_to(root / "a")
    found = look_through(root)
    assert [path.name for path in found.pictures] == ["1.jpg", "2.jpg", "2.jpg", "1.jpg"]
    assert len(found.set_aside) == 2


@pytest.mark.parametrize("name", ["x.jpg", "cats"])
def test_links_to_nothing_are_named(tree, name):
    root = tree("a/1.jpg")
    (root / "a" / name).symlink_to(root / "nowhere")
    assert reasons(look_through(root), root) == {f"a/{name}": "a link to nothing"}


def test_links_that_lead_back_to_themselves_are_named(tree):
    root = tree("a/1.jpg")
    (root / "a" / "x.jpg").symlink_to(root / "a" / "y.jpg")
    (root / "a" / "y.jpg").symlink_to(root / "a" / "x.jpg")
    found = reasons(look_through(root), root)
    assert set(found) == {"a/x.jpg", "a/y.jpg"}
    assert "symbolic links" in found["a/x.jpg"]


def test_what_only_looks_like_a_picture_is_named(tree, monkeypatch):
    root = tree("a/1.jpg")
    os.mkfifo(root / "a" / "pipe.jpg")
    monkeypatch.chdir(root / "a")
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind("socket.png")
        os.mkfifo(root / "a" / "pipe")
        found = reasons(look_through(root), root)
    assert found == dict.fromkeys(("a/pipe.jpg", "a/socket.png"), "neither a file nor a folder")


def test_a_folder_that_may_not_be_opened_is_named(tree, monkeypatch):
    root = tree("a/1.jpg", "secret/2.jpg")
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = look_through(root)
    assert [path.name for path in found.pictures] == ["1.jpg"]
    assert reasons(found, root) == {"secret": "cannot be opened: Permission denied"}


@pytest.mark.parametrize("name", ["кот 猫", "🐈", "two\nlines", "[red]", "-rf", "a'b\"c"])
def test_names_of_any_kind_are_read(tree, name):
    root = tree(f"{name}/{name}.jpg")
    found = look_through(root)
    assert found.pictures == [root / name / f"{name}.jpg"]
    assert found.folders == [(name,)]


def test_names_that_are_no_text_are_read(tree):
    root = tree("a/1.jpg")
    name = os.fsdecode(b"caf\xe9.jpg")
    (root / "a" / name).touch()
    assert root / "a" / name in look_through(root).pictures


def test_deep_folders_are_read(tree):
    names = ["d"] * 200
    found = look_through(tree("/".join([*names, "1.jpg"])))
    assert found.folders == [tuple(names)]


def test_every_folder_is_opened_once(tree, monkeypatch):
    root = tree("a/1.jpg", "a/b/2.jpg", "c/3.jpg", "d/notes.txt")
    opened, scan = [], os.scandir

    def count(path):
        opened.append(path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", count)
    look_through(root)
    assert sorted(opened) == sorted(
        {str(root), *map(str, (p for p in root.rglob("*") if p.is_dir()))}
    )
