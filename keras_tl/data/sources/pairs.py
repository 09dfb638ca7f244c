"""A list of `(path, label)`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_tl.data.examples import Examples
from keras_tl.data.sources.listing import Listing, from_listing


def from_pairs(
    source: Sequence[tuple[Any, Any]],
    class_names: Sequence[str] | None = None,
    multi_label: bool | None = None,
    root: str | os.PathLike[str] | None = None,
) -> Examples:
    """Reads pairs of a path and a label, or of a path and a 0/1 row.

    Args:
        source: The pairs.
        class_names: Names in the order of the labels.
        multi_label: What 0/1 rows mean, as in `encode_labels`.
        root: Folder that relative paths begin at; by default the working directory.

    Raises:
        ValueError: If an item is no pair with a path first, or as for `from_listing`.
    """
    for row, item in enumerate(source):
        if not isinstance(item, (tuple, list)) or len(item) != 2 or not _may_be_path(item[0]):
            raise ValueError(
                "`source` must be a list of (path, label). Received: a list whose item "
                f"{row} is {_shortened(item)}"
            )
    paths, labels = ([pair[side] for pair in source] for side in (0, 1))
    places = [f"item {row}" for row in range(len(source))]
    listing = Listing(places, paths, labels, None, None, Path(root or ""))
    return from_listing(listing, class_names, multi_label)


def _may_be_path(value: Any) -> bool:
    return value is None or isinstance(value, (str, float, os.PathLike))


def _shortened(item: object) -> str:
    text = repr(item)
    return text if len(text) < 80 else f"{text[:77]}..."
