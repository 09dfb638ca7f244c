"""Pictures as people give them to a model: files, folders, arrays and splits."""

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from keras_tl.data.auditing.look import look_at, reasons_of
from keras_tl.data.examples import SetAside
from keras_tl.data.pictures import ArrayPictures, EncodedPictures, Pictures
from keras_tl.data.sources.arrays import from_arrays
from keras_tl.data.sources.folder import SUFFIXES, pictures_in
from keras_tl.data.split import Split
from keras_tl.foundation.file_names import printable, storable
from keras_tl.models.card import input_format

BATCH_SIZE = 32

Where = str | os.PathLike[str]


def as_split(
    model: keras.Model, given: Where | Sequence[Where] | np.ndarray | Split, argument: str
) -> tuple[Split, tuple[SetAside, ...]]:
    """Returns pictures at the size and by the resize policy of a model.

    Args:
        model: Any model of images.
        given: A file, a folder, a list of files; an array `(images, height, width, 3)` in 0..255
            of any size; or a split, which is taken as it is.
        argument: What `given` is called where it comes from, for errors.

    Returns:
        A split, whose labels mean nothing unless it was given, and the files that cannot be read.

    Raises:
        ValueError: If there is no picture, or none can be read.
    """
    if isinstance(given, Split):
        return _not_empty(given, argument), ()
    form = input_format(model)
    if isinstance(given, np.ndarray):
        images = from_arrays(given, np.zeros(len(given), dtype=int)).pictures
        pictures = ArrayPictures(np.asarray(images), form.size, form.policy)
        return _not_empty(_unlabelled(pictures), argument), ()
    readable, aside = _looked_at(paths_of(given, argument))
    encoded = EncodedPictures(readable, **form._asdict())
    return _unlabelled(encoded), aside


def _looked_at(paths: list[Path]) -> tuple[list[Path], tuple[SetAside, ...]]:
    reasons = reasons_of(look_at(paths))
    aside = tuple(SetAside(storable(paths[row]), reason) for row, reason in reasons.items())
    readable = [path for row, path in enumerate(paths) if row not in reasons]
    if not readable:
        raise ValueError(f"No picture can be read: {aside[0].name}: {aside[0].reason}")
    if aside:
        warnings.warn(
            f"{len(aside)} of {len(paths)} pictures were set aside. First: "
            f"{printable(aside[0].name)}: {aside[0].reason}",
            stacklevel=4,
        )
    return readable, aside


def _not_empty(split: Split, argument: str) -> Split:
    if not split.size:
        raise ValueError(f"`{argument}` must hold at least one picture. Received: none")
    return split


def paths_of(given: Where | Sequence[Where], argument: str) -> list[Path]:
    """Returns the paths of pictures, of those in a folder in the order of their names.

    Raises:
        ValueError: If there is none.
    """
    is_one = isinstance(given, (str, os.PathLike))
    paths = [Path(given)] if is_one else [Path(path) for path in given]  # type: ignore
    if is_one and paths[0].is_dir():
        paths = pictures_in(paths[0])
    if not paths:
        raise ValueError(
            f"`{argument}` must name at least one picture ({', '.join(SUFFIXES)}). "
            f"Received: {given!r}"
        )
    return paths


def _unlabelled(pictures: Pictures) -> Split:
    rows = np.arange(len(pictures))
    return Split(pictures, rows, np.zeros(len(rows), int), [], batch_size=BATCH_SIZE)
