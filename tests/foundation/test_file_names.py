import os

import pytest

from keras_tl.foundation.file_names import common_beginning, printable, storable


@pytest.mark.parametrize("name", ["a.jpg", "кот 猫.jpg", "🐈.jpg", "[red] $x$.jpg", r"a\b.jpg"])
def test_ordinary_names_are_shown_as_they_are(name):
    assert printable(name) == storable(name) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [("a\nb", r"a\nb"), ("\x1b[31m", r"\x1b[31m"), ("\u202ea", r"\u202ea"), ("\x85", r"\x85")],
)
def test_nothing_in_a_name_steers_a_terminal(name, safe):
    assert printable(name) == safe
    assert storable(name) == name


def test_any_bytes_can_be_written():
    name = os.fsdecode(b"caf\xe9.jpg")
    assert storable(name) == r"caf\xe9.jpg"
    storable(name).encode("utf-8")


@pytest.mark.parametrize(
    ("names", "beginning"),
    [
        (["/a/b/1.jpg", "/a/c/2.jpg"], "/a/"),
        (["x/b/1.jpg", "x/b/2.jpg"], "x/b/"),
        (["a/1.jpg", "b/1.jpg"], ""),
        (["/1.jpg", "/b/2.jpg"], "/"),
        (["/a/1.jpg", "b/1.jpg"], ""),
        (["#0", "#1"], ""),
        ([], ""),
    ],
)
def test_the_beginning_is_the_folder_of_all(names, beginning):
    assert common_beginning(names) == beginning
