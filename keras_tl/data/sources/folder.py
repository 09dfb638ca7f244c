"""A folder with one subfolder a class, or with such folders under `train` and `test`."""

import mimetypes
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from keras_tl.data.examples import Examples, SetAside, encode_labels

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp")
_PART_NAMES = {"train": "train", "validation": "validation", "val": "validation", "test": "test"}
_SYSTEM = ("__MACOSX",)


def from_folder(root: Path) -> Examples:
    """Lists the pictures of a folder; the name of the subfolder is the label.

    Pictures in deeper folders belong to the class they lie under. Hidden and system folders and
    files of other kinds are passed over.

    Raises:
        ValueError: If there is no such folder, or it has fewer than two classes.
    """
    if not root.is_dir():
        raise ValueError(f"`source` must be a folder. Received: {str(root)!r}, which is none.")
    found = list(_labelled(root))
    if len({label for _, label, _ in found}) < 2:
        raise ValueError(
            "`source` must hold one folder of pictures for each of at least two classes, as in "
            f"{root.name}/cat/1.jpg. Received: {str(root)!r} with the folders "
            f"{[folder.name for folder in _folders(root)]} and pictures "
            f"({', '.join(SUFFIXES)}) in {sorted({label for _, label, _ in found})}"
        )
    paths, labels, parts = zip(*found, strict=True)
    numbers, names = encode_labels(labels)
    is_divided = any(part is not None for part in parts)
    divided = np.array(parts) if is_divided else None
    return Examples(list(paths), numbers, names, divided, tuple(_passed_over(root)))


def pictures_in(root: Path) -> list[Path]:
    """Returns the picture files under a folder, in the order of their names."""
    files = (path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES)
    return sorted(path for path in files if path.is_file() and not _is_hidden(path, root))


def _passed_over(root: Path) -> Iterator[SetAside]:
    """Yields pictures of kinds that cannot be decoded, and folders without a picture."""
    for path in sorted(root.rglob("*")):
        if _is_hidden(path, root):
            continue
        kind, _ = mimetypes.guess_type(path)
        if path.is_file() and path.suffix.lower() not in SUFFIXES and str(kind).startswith("image"):
            yield SetAside(str(path), f"{path.suffix} is not among {', '.join(SUFFIXES)}")
    for folder in _folders(root):
        if not pictures_in(folder):
            yield SetAside(str(folder), "a folder without pictures, not taken for a class")


def _labelled(root: Path) -> Iterator[tuple[Path, str, str | None]]:
    """Yields path, class and part of each picture."""
    folders = _folders(root)
    is_divided = {"train"} <= {folder.name for folder in folders} <= set(_PART_NAMES)
    for folder in folders:
        part = _PART_NAMES[folder.name] if is_divided else None
        for class_folder in _folders(folder) if is_divided else [folder]:
            for path in pictures_in(class_folder):
                yield path, class_folder.name, part


def _folders(root: Path) -> list[Path]:
    return sorted(p for p in root.iterdir() if p.is_dir() and not _is_hidden(p, root))


def _is_hidden(path: Path, root: Path) -> bool:
    names = path.relative_to(root).parts
    return any(name.startswith(".") or name in _SYSTEM for name in names)
