"""Labels, scores and probabilities for files, folders, arrays and splits."""

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from keras_tl.data.auditing.look import look_at, reasons_of
from keras_tl.data.auditing.names import shown, storable
from keras_tl.data.examples import SetAside
from keras_tl.data.pictures import ArrayPictures, EncodedPictures, Pictures
from keras_tl.data.sources.arrays import from_arrays
from keras_tl.data.sources.folder import SUFFIXES, pictures_in
from keras_tl.data.split import Split
from keras_tl.foundation.progress import track
from keras_tl.models.card import (
    background,
    class_names,
    input_size,
    is_multi_label,
    resize_policy,
)

BATCH_SIZE = 32
_SHOW_FROM = 20

Where = str | os.PathLike[str]


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a classifier says of pictures, in their order.

    Attributes:
        labels: The most probable class of each picture; where several may hold, a tuple of those
            with a probability of at least a half.
        scores: Probability of the most probable class, `(pictures,)`.
        probabilities: `(pictures, classes)`, float32.
        names: Path, or number, of each picture.
        set_aside: Files that could not be read; they have no row.
    """

    labels: list[str] | list[tuple[str, ...]]
    scores: np.ndarray
    probabilities: np.ndarray
    names: list[str]
    set_aside: tuple[SetAside, ...] = ()


def predict(
    model: keras.Model, paths_or_images: Where | Sequence[Where] | np.ndarray | Split
) -> Predictions:
    """Classifies pictures.

    Args:
        model: Classifier from `build_classifier`.
        paths_or_images: A file, a folder, a list of files; an array `(images, height, width, 3)`
            in 0..255 of any size; or a split.

    Returns:
        Labels, scores and probabilities. Files that cannot be decoded are set aside by name.

    Raises:
        ValueError: If there is no picture to classify.
    """
    split, set_aside = _as_split(model, paths_or_images)
    found = probabilities(model, split)
    return Predictions(_labels(model, found), found.max(axis=1), found, split.names(), set_aside)


def probabilities(model: keras.Model, split: Split, *, show: bool = True) -> np.ndarray:
    """Returns the probabilities `(images, classes)` of a split, in its order.

    Args:
        model: Classifier.
        split: What to classify.
        show: Whether to show a progress bar if there are many images.

    Raises:
        ValueError: If the model gives NaN.
    """
    ordered = split.in_order()
    show = show and len(ordered) >= _SHOW_FROM
    batches = track(ordered, "Classifying", len(ordered), show=show)
    found = np.concatenate([model.predict_on_batch(images) for images, _ in batches])
    if not np.isfinite(found).all():
        raise ValueError(
            f"{model.name} gives probabilities that are not finite. Its weights are broken, as by "
            "a learning rate that was too high; train it again."
        )
    return found


def _labels(model: keras.Model, found: np.ndarray) -> list[str] | list[tuple[str, ...]]:
    names = class_names(model)
    if not is_multi_label(model):
        return [names[i] for i in found.argmax(axis=1)]
    return [tuple(n for n, p in zip(names, row, strict=True) if p >= 0.5) for row in found]


def _as_split(
    model: keras.Model, source: Where | Sequence[Where] | np.ndarray | Split
) -> tuple[Split, tuple[SetAside, ...]]:
    if isinstance(source, Split):
        return _not_empty(source), ()
    size, policy = input_size(model), resize_policy(model)
    if isinstance(source, np.ndarray):
        images = from_arrays(source, np.zeros(len(source), dtype=int)).pictures
        return _not_empty(_unlabelled(model, ArrayPictures(np.asarray(images), size, policy))), ()
    paths = _paths(source)
    reasons = reasons_of(look_at(paths))
    aside = tuple(SetAside(storable(paths[row]), reason) for row, reason in reasons.items())
    readable = [path for row, path in enumerate(paths) if row not in reasons]
    if not readable:
        raise ValueError(f"No picture can be read: {aside[0].name}: {aside[0].reason}")
    if aside:
        warnings.warn(
            f"{len(aside)} of {len(paths)} pictures were set aside. First: "
            f"{shown(aside[0].name)}: {aside[0].reason}",
            stacklevel=3,
        )
    pictures = EncodedPictures(readable, size, policy, background=background(model))
    return _unlabelled(model, pictures), aside


def _not_empty(split: Split) -> Split:
    if not split.size:
        raise ValueError("`paths_or_images` must hold at least one picture. Received: none")
    return split


def _paths(source: Where | Sequence[Where]) -> list[Path]:
    is_one = isinstance(source, (str, os.PathLike))
    paths = [Path(source)] if is_one else [Path(path) for path in source]  # type: ignore
    if is_one and paths[0].is_dir():
        paths = pictures_in(paths[0])
    if not paths:
        raise ValueError(
            "`paths_or_images` must name at least one picture "
            f"({', '.join(SUFFIXES)}). Received: {source!r}"
        )
    return paths


def _unlabelled(model: keras.Model, pictures: Pictures) -> Split:
    rows = np.arange(len(pictures))
    return Split(
        pictures, rows, np.zeros(len(rows), int), class_names(model), batch_size=BATCH_SIZE
    )
