"""A folder with one subfolder a class, or with such folders under `train` and `test`."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_tl.data.examples import Examples, SetAside, trainable
from keras_tl.data.labels import encode_labels
from keras_tl.data.parts import part_called
from keras_tl.data.sources.layout import is_divided, too_few_classes
from keras_tl.data.sources.tree import SUFFIXES, Tree, look_through


def from_folder(root: Path, class_names: Sequence[str] | None = None) -> Examples:
    """Lists the pictures of a folder; the name of the subfolder is the label.

    Pictures in deeper folders belong to the class they lie under. Hidden and system folders and
    files of other kinds are passed over. Memory holds the paths alone.

    Args:
        root: The folder.
        class_names: Names in the order of the labels; by default the folders' in their order.

    Raises:
        ValueError: If there is no such folder, it has fewer than two classes, it is unclear which
            of its folders are classes, or a folder is not among `class_names`.
    """
    if not root.is_dir():
        raise ValueError(f"`source` must be a folder. Received: {str(root)!r}, which is none.")
    tree = look_through(root)
    divided = is_divided(tree, root)
    depth = 1 if divided else 0
    rows = [row for row, folders in enumerate(tree.folders) if len(folders) > depth]
    labels = [tree.folders[row][depth] for row in rows]
    if len(set(labels)) < 2:
        raise too_few_classes(tree, root, sorted(set(labels)))
    numbers, names = encode_labels(labels, class_names)
    parts = np.array([part_called(tree.folders[row][0]) for row in rows]) if divided else None
    aside = (*tree.set_aside, *_without_class(tree, depth), *_empty(tree, root, depth))
    paths = [tree.pictures[row] for row in rows]
    return trainable(Examples(paths, numbers, names, parts, aside))


def pictures_in(root: Path) -> list[Path]:
    """Returns the picture files under a folder, in the order of their names."""
    return look_through(root).pictures


def _without_class(tree: Tree, depth: int) -> list[SetAside]:
    """Names pictures that lie above the folders of the classes."""
    return [
        SetAside(str(path), "lies in no class folder")
        for path, folders in zip(tree.pictures, tree.folders, strict=True)
        if len(folders) <= depth
    ]


def _empty(tree: Tree, root: Path, depth: int) -> list[SetAside]:
    """Names folders that would be classes, or are named like pictures, but hold no picture."""
    full = {folders[:n] for folders in set(tree.folders) for n in range(1, len(folders) + 1)}
    return [
        SetAside(str(root.joinpath(*folders)), "a folder without pictures, not taken for a class")
        for folders in tree.visited
        if folders not in full
        and (len(folders) <= depth + 1 or folders[-1].lower().endswith(SUFFIXES))
    ]
