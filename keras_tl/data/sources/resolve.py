"""From whatever names pictures and labels to `Examples`: the one place that knows all sources."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_tl.data.examples import Examples
from keras_tl.data.sources.arrays import from_arrays
from keras_tl.data.sources.cells import CSV_SUFFIXES, is_frame
from keras_tl.data.sources.datasets import from_datasets, is_dataset
from keras_tl.data.sources.digits import digits, digits_on_photographs
from keras_tl.data.sources.folder import from_folder
from keras_tl.data.sources.options import SourceOptions
from keras_tl.data.sources.pairs import from_pairs
from keras_tl.data.sources.table import from_table
from keras_tl.data.sources.tfds import from_tfds
from keras_tl.foundation.checks import suggestion

BUILT_IN = {"digits": digits, "digits-photo": digits_on_photographs}

_TFDS = "tfds:"
_NOTHING_SAID = SourceOptions()


@dataclass(frozen=True)
class SourceKind:
    """A kind of source.

    Attributes:
        name: What to call a source of this kind that has no name of its own.
        described: What it looks like, for the message that lists all kinds.
        takes: Whether something is of this kind.
        read: Turns it into examples.
    """

    name: str
    described: str
    takes: Callable[[Any], bool]
    read: Callable[[Any, SourceOptions], Examples]


def is_built_in(source: object) -> bool:
    """Tells whether `source` names one of the data sets that come with scikit-learn."""
    return isinstance(source, str) and source in BUILT_IN


def name_of_source(source: object) -> str:
    """Returns the path or name of a source, or the name of its kind where it has none."""
    return str(source) if _is_name(source) else _kind_of(source).name


def examples_of(source: Any, options: SourceOptions = _NOTHING_SAID) -> Examples:
    """Finds the pictures and labels of a source; files are listed, not opened.

    Args:
        source: What a row of `KINDS` takes.
        options: What is said about it.

    Raises:
        ValueError: If it is no source, cannot be read as one, or `columns` is given without a
            table.
    """
    kind = _kind_of(source)
    if options.columns is not None and kind is not _TABLE:
        raise ValueError(
            f"`columns` needs a table, {_TABLE.described}. Received: columns={options.columns!r} "
            f"with {kind.described}"
        )
    return kind.read(source, options)


def _is_name(source: object) -> bool:
    return isinstance(source, (str, os.PathLike))


def _is_csv(source: Any) -> bool:
    is_called_so = _is_name(source) and Path(source).suffix.lower() in CSV_SUFFIXES
    return is_called_so and Path(source).is_file()


def _is_mapping_of_datasets(source: Any) -> bool:
    return isinstance(source, Mapping) and any(map(is_dataset, source.values()))


_TABLE = SourceKind(
    "table",
    "a CSV file or DataFrame of paths and labels",
    lambda source: is_frame(source) or _is_csv(source),
    lambda source, o: from_table(source, o.columns, o.class_names, o.multi_label, o.data_dir),
)

KINDS = (
    SourceKind(
        "folder",
        "a folder with one folder a class",
        lambda source: _is_name(source) and Path(source).exists(),
        lambda source, o: from_folder(Path(source), o.class_names),
    ),
    _TABLE,
    SourceKind(
        "pairs",
        "a list of (path, label)",
        lambda source: isinstance(source, list),
        lambda source, o: from_pairs(source, o.class_names, o.multi_label, o.data_dir),
    ),
    SourceKind(
        "arrays",
        "(images, labels)",
        lambda source: isinstance(source, tuple) and len(source) == 2,
        lambda source, o: from_arrays(source[0], source[1], o.class_names, o.multi_label),
    ),
    SourceKind(
        "dataset",
        "a `tf.data.Dataset` of (image, label) or a mapping of parts to such",
        lambda source: is_dataset(source) or _is_mapping_of_datasets(source),
        lambda source, o: from_datasets(source, o.class_names, o.multi_label),
    ),
    SourceKind(
        "tfds",
        f"'{_TFDS}NAME'",
        lambda source: _is_name(source) and str(source).startswith(_TFDS),
        lambda source, o: from_tfds(str(source).removeprefix(_TFDS), o.data_dir, o.download),
    ),
    SourceKind(
        "built-in",
        " or ".join(map(repr, BUILT_IN)),
        is_built_in,
        lambda source, o: BUILT_IN[source](),
    ),
)
"""In the order of the documentation; a source is of the last kind that takes it."""


def _kind_of(source: Any) -> SourceKind:
    for kind in reversed(KINDS):
        if kind.takes(source):
            return kind
    known = ", ".join(kind.described for kind in KINDS)
    received = (
        f"{str(source)!r}, which does not exist.{suggestion(source, BUILT_IN)}"
        if _is_name(source)
        else f"a value of type {type(source).__name__}"
    )
    raise ValueError(f"`source` must be {known}. Received: {received}")
