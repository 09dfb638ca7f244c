"""One look through a folder tree: the pictures in it, and what is there but of no use."""

import mimetypes
import os
from pathlib import Path
from typing import NamedTuple

from keras_tl.data.examples import SetAside

SUFFIXES = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
_SYSTEM = ("__MACOSX",)

Folders = tuple[str, ...]
_Identity = tuple[int, int]


class Tree(NamedTuple):
    """What lies under a folder.

    Attributes:
        pictures: Files with the suffix of a picture, in the order of their names.
        folders: For each picture the names of the folders it lies in, from the root down.
        visited: Every folder, likewise named from the root down.
        set_aside: Pictures of other kinds, links to nowhere and what cannot be opened.
    """

    pictures: list[Path]
    folders: list[Folders]
    visited: list[Folders]
    set_aside: list[SetAside]


class _Met(NamedTuple):
    """An entry of a folder, and the way to it: the names and the identities of its folders."""

    entry: os.DirEntry[str]
    folders: Folders
    above: tuple[_Identity, ...]


def look_through(root: Path) -> Tree:
    """Reads every folder under `root` once; no file is opened.

    Hidden and system files and folders are passed over without a word. Links are followed, but
    not to a folder that they lie in.
    """
    tree = Tree([], [], [], [])
    above = tuple(_identity(os.stat(folder)) for folder in root.resolve().parents)
    stack = _within(str(root), (), above, tree)
    while stack:
        met = stack.pop()
        kind = _kind(met.entry)
        if kind == "folder":
            inner = (*met.folders, met.entry.name)
            stack.extend(_within(met.entry.path, inner, met.above, tree))
        else:
            _note(met, kind, tree)
    return tree


def _within(path: str, folders: Folders, above: tuple[_Identity, ...], tree: Tree) -> list[_Met]:
    """Returns what lies in a folder, the last name first, as a stack wants it."""
    try:
        identity = _identity(os.stat(path))
        with os.scandir(path) as scanned:
            found = sorted(scanned, key=lambda entry: entry.name, reverse=True)
    except OSError as error:
        tree.set_aside.append(SetAside(path, f"cannot be opened: {error.strerror or error}"))
        return []
    if identity in above:
        tree.set_aside.append(SetAside(path, "a link to a folder that it lies in"))
        return []
    if folders:
        tree.visited.append(folders)
    return [_Met(entry, folders, (*above, identity)) for entry in found if _is_shown(entry.name)]


def _identity(status: os.stat_result) -> _Identity:
    return status.st_dev, status.st_ino


def _is_shown(name: str) -> bool:
    return not name.startswith(".") and name not in _SYSTEM


def _kind(entry: os.DirEntry[str]) -> str:
    """Returns `"folder"`, `"file"`, or why it is neither."""
    try:
        if entry.is_dir():
            return "folder"
        if entry.is_file():
            return "file"
    except OSError as error:
        return f"cannot be opened: {error.strerror or error}"
    return "a link to nothing" if entry.is_symlink() else "neither a file nor a folder"


def _note(met: _Met, kind: str, tree: Tree) -> None:
    suffix = os.path.splitext(met.entry.name)[1].lower()
    if kind == "file" and suffix in SUFFIXES:
        tree.pictures.append(Path(met.entry.path))
        tree.folders.append(met.folders)
    elif kind != "file" and (suffix in SUFFIXES or met.entry.is_symlink()):
        tree.set_aside.append(SetAside(met.entry.path, kind))
    elif kind == "file" and str(mimetypes.guess_type(met.entry.name)[0]).startswith("image"):
        reason = f"{suffix} is not among {', '.join(SUFFIXES)}"
        tree.set_aside.append(SetAside(met.entry.path, reason))
