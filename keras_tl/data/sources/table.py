"""A CSV file or DataFrame: a column of paths, and of labels or one of 0/1 for each class."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_tl.data.examples import Examples
from keras_tl.data.labels import is_missing
from keras_tl.data.sources.cells import Cells, from_csv, from_frame, is_frame
from keras_tl.data.sources.columns import Columns, Given, find_columns
from keras_tl.data.sources.listing import Listing, from_listing

_ZERO_ONE = {"0": 0, "0.0": 0, "false": 0, "1": 1, "1.0": 1, "true": 1}


def from_table(
    source: Any,
    columns: Given | None = None,
    class_names: Sequence[str] | None = None,
    multi_label: bool | None = None,
    root: str | os.PathLike[str] | None = None,
) -> Examples:
    """Reads a table of pictures.

    Where no column is called like a label and all others hold 0/1, each of them is a class.

    Args:
        source: Path of a CSV file, or a DataFrame.
        columns: Which columns hold what, as in `find_columns`.
        class_names: Names in the order of the labels; by default what the cells, or the columns of
            0/1, are called.
        multi_label: What rows of 0/1 mean, as in `encode_labels`.
        root: Folder that relative paths begin at; by default that of the CSV file, or the working
            directory for a DataFrame.

    Raises:
        ValueError: If it is no such table, or as for `find_columns` and `from_listing`.
    """
    framed = is_frame(source)
    cells = from_frame(source) if framed else from_csv(source)
    roles = find_columns(list(cells.columns), columns)
    if not roles.labels:
        roles = roles._replace(labels=_zero_one_columns(cells, roles))
    if class_names is None and len(roles.labels) > 1:
        class_names = roles.labels
    start = root if root is not None else (Path() if framed else Path(source).parent)
    return from_listing(_listing(cells, roles, Path(start)), class_names, multi_label)


def _listing(cells: Cells, roles: Columns, root: Path) -> Listing:
    return Listing(
        cells.places,
        cells.columns[roles.path],
        _labels(cells, roles.labels),
        None if roles.group is None else cells.columns[roles.group],
        None if roles.split is None else cells.columns[roles.split],
        root,
    )


def _labels(cells: Cells, names: Sequence[str]) -> list[Any]:
    """Returns labels, or rows of 0/1 in which a missing cell stays missing."""
    if len(names) == 1:
        return cells.columns[names[0]]
    columns = [_zero_one(name, cells) for name in names]
    return list(zip(*columns, strict=True))


def _zero_one(name: str, cells: Cells) -> list[int | None]:
    """Returns a column as 0, 1 and None."""
    found = [_as_zero_one(cell) for cell in cells.columns[name]]
    if "other" in found:
        row = found.index("other")
        raise ValueError(
            f"`columns['label']` of several columns must hold 0 or 1. Received: "
            f"{cells.columns[name][row]!r} in column {name!r}, {cells.places[row]}"
        )
    return found  # type: ignore


def _as_zero_one(cell: Any) -> int | str | None:
    if is_missing(cell) or (text := str(cell).strip().lower()) in ("", "nan"):
        return None
    return _ZERO_ONE.get(text, "other")


def _zero_one_columns(cells: Cells, roles: Columns) -> tuple[str, ...]:
    """Returns the columns that are left, if each of them holds 0/1."""
    taken = (roles.path, roles.group, roles.split)
    left = tuple(name for name in cells.columns if name not in taken)
    are_all = all(_as_zero_one(cell) != "other" for name in left for cell in cells.columns[name])
    if len(left) < 2 or not are_all:
        raise ValueError(
            "`columns` must say which column holds the label, as in columns={'label': 'species'}, "
            "or several of 0/1, or one must be called label or class. Received: the columns "
            f"{list(cells.columns)}"
        )
    return left
