"""Pictures that are listed one by one with a label: what tables and pairs have in common."""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keras_tl.data.examples import Examples, SetAside, trainable
from keras_tl.data.labels import encode_labels, is_missing
from keras_tl.data.parts import PART_NAMES, part_called

_SHOWN = 3


@dataclass(frozen=True)
class Listing:
    """Pictures in the order they are listed in; all attributes are equally long.

    Attributes:
        places: What to call each in a message, such as `line 7`.
        paths: Where each is; relative ones begin at `root`.
        labels: A label each, or 0/1 for each class.
        groups: What must stay together, if it is known.
        splits: The part of each, if the list is divided.
        root: Folder that relative paths begin at.
    """

    places: list[str]
    paths: list[Any]
    labels: list[Any]
    groups: list[Any] | None
    splits: list[Any] | None
    root: Path


def from_listing(
    listing: Listing,
    class_names: Sequence[str] | None = None,
    multi_label: bool | None = None,
) -> Examples:
    """Turns a list into examples; rows that are incomplete or repeated are set aside, by name.

    So are pictures that are not there. Spaces around labels and paths are taken off, which is said
    of labels. Labels that are all whole numbers are numbers, so that `class_names` names them.

    Raises:
        ValueError: If one picture is listed with two labels, groups or parts, a part has an
            unknown name, nothing usable is left, or as for `encode_labels` and `trainable`.
    """
    files, reasons = _sifted(listing)
    aside = tuple(
        SetAside(str(listing.paths[row]), f"{listing.places[row]}: {reasons[row]}")
        for row in sorted(reasons)
    )
    if not files:
        raise _nothing_left(aside, listing.root)
    labels = _labels([listing.labels[row] for row in files], class_names)
    numbers, names = encode_labels(labels, class_names, multi_label)
    parts, groups = _parts(listing, list(files)), _groups(listing, list(files))
    return trainable(Examples(list(files.values()), numbers, names, parts, aside, groups))


def _sifted(listing: Listing) -> tuple[dict[int, Path], dict[int, str]]:
    """Returns the files of the rows to use, and why the other rows are of no use."""
    reasons = _incomplete(listing)
    rows = [row for row in range(len(listing.paths)) if row not in reasons]
    files = {row: listing.root / _plain(listing.paths[row]) for row in rows}
    reasons |= _repeated(listing, files)
    reasons |= {
        row: f"no file {str(file)!r}"
        for row, file in files.items()
        if row not in reasons and not os.path.isfile(file)
    }
    return {row: file for row, file in files.items() if row not in reasons}, reasons


def _incomplete(listing: Listing) -> dict[int, str]:
    """Returns the rows that lack something, and what."""
    columns = {
        "path": listing.paths,
        "label": listing.labels,
        "group": listing.groups,
        "split": listing.splits,
    }
    return {
        row: f"no {name}"
        for name, cells in reversed(columns.items())
        for row, cell in enumerate(cells or ())
        if _is_blank(cell)
    }


def _is_blank(cell: Any) -> bool:
    if isinstance(cell, (tuple, list, np.ndarray)):
        return any(map(_is_blank, cell))
    return is_missing(cell) or (isinstance(cell, str) and cell.strip().lower() in ("", "nan"))


def _repeated(listing: Listing, files: dict[int, Path]) -> dict[int, str]:
    """Returns the rows that say again what an earlier one says; raises if they say otherwise."""
    first: dict[Path, int] = {}
    repeated = {}
    for row, file in files.items():
        earlier = first.setdefault(file, row)
        if earlier == row:
            continue
        if _told(listing, row) != _told(listing, earlier):
            raise _contradiction(listing, file, earlier, row)
        repeated[row] = f"the same as {listing.places[earlier]}"
    return repeated


def _told(listing: Listing, row: int) -> tuple[str, ...]:
    """Returns all that a row says of its picture."""
    columns = (listing.labels, listing.groups, listing.splits)
    return tuple(_plain(cells[row]) for cells in columns if cells is not None)


def _plain(cell: Any) -> str:
    return str(cell).strip()


def _contradiction(listing: Listing, file: Path, earlier: int, row: int) -> ValueError:
    said = " and ".join(
        f"{', '.join(_told(listing, which))} in {listing.places[which]}" for which in (earlier, row)
    )
    return ValueError(
        f"`source` must say one thing of each picture. Received: {str(file)!r} as {said}. Where "
        "several classes may hold at once, give each a column of 0/1."
    )


def _labels(cells: list[Any], class_names: Sequence[str] | None) -> np.ndarray:
    """Returns labels without spaces around them; whole numbers as such, unless they are names."""
    if not all(isinstance(cell, str) for cell in cells):
        return np.asarray(cells)
    labels = [cell.strip() for cell in cells]
    spaced = sorted({cell for cell in cells if cell != cell.strip()})
    if spaced:
        warnings.warn(
            f"Spaces around labels were taken off: {', '.join(map(repr, spaced[:_SHOWN]))}"
            f"{' and others' if len(spaced) > _SHOWN else ''}",
            stacklevel=2,
        )
    are_names = class_names is not None and set(labels) <= set(class_names)
    if not are_names and all(label.isdecimal() and str(int(label)) == label for label in labels):
        return np.array([int(label) for label in labels])
    return np.array(labels)


def _parts(listing: Listing, rows: list[int]) -> np.ndarray | None:
    if listing.splits is None:
        return None
    parts = {row: part_called(listing.splits[row]) for row in rows}
    unknown = [row for row, part in parts.items() if part is None]
    if unknown:
        raise ValueError(
            f"The split column must hold {', '.join(map(repr, PART_NAMES))}. Received: "
            f"{listing.splits[unknown[0]]!r} in {listing.places[unknown[0]]}. Pass "
            "columns={'split': None} if it means something else."
        )
    return np.array(list(parts.values()))


def _groups(listing: Listing, rows: list[int]) -> np.ndarray | None:
    if listing.groups is None:
        return None
    return np.array([_plain(listing.groups[row]) for row in rows])


def _nothing_left(aside: Sequence[SetAside], root: Path) -> ValueError:
    first = "".join(f" {item.name} in {item.reason}." for item in aside[:_SHOWN])
    return ValueError(
        f"`source` must list pictures. Received: {len(aside)} rows, none of use.{first} "
        f"Relative paths begin at {str(root)!r}; `data_dir` names another folder."
    )
