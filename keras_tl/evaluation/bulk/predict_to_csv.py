"""Labels and probabilities of many pictures in a CSV file."""

import contextlib
import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from keras_tl.data.auditing.header import quiet_pillow
from keras_tl.evaluation.bulk.growing_table import GrowingTable
from keras_tl.evaluation.bulk.reading_ahead import Batch, batches_for
from keras_tl.evaluation.given_pictures import BATCH_SIZE, Where, paths_of
from keras_tl.evaluation.predict import predict_batch
from keras_tl.foundation.checks import at_least
from keras_tl.foundation.file_names import storable
from keras_tl.foundation.files import digest
from keras_tl.foundation.progress import is_shown, track
from keras_tl.models.card import class_names, input_format, is_multi_label
from keras_tl.models.decisions import labels_of
from keras_tl.structure.digests import digest_of_weights

KEY_LENGTH = 8


@dataclass(frozen=True)
class Written:
    """What lies in a CSV file of predictions.

    Attributes:
        path: The file.
        rows: Number of pictures in it.
        problems: Number of those that could not be read.
        found: Number of rows that were there from an interrupted run.
    """

    path: Path
    rows: int
    problems: int
    found: int


def predict_to_csv(
    model: keras.Model,
    pictures: Where | Sequence[Where],
    path: str | os.PathLike[str],
    *,
    batch_size: int = BATCH_SIZE,
    verbose: str | int = "auto",
) -> Written:
    """Classifies many pictures into a CSV file, and goes on where it was interrupted.

    A row holds `picture`, its path; `label`, where several classes may hold all of at least a
    half, joined by `; `; `probability`, the largest; a column of probabilities for each class;
    and `problem`. Of a picture that cannot be read `problem` says why, and the rest is empty.

    Each picture is read and decoded once, while the model classifies those before. Rows go to
    `PATH.KEY.part` as they come, where `KEY` stands for the model; the same call after an
    interruption classifies what has no row there. Memory holds the paths and some batches.

    Args:
        model: Classifier from `build_classifier`.
        pictures: A folder, a file, or a list of files.
        path: The CSV file; one that is there is replaced at the end.
        batch_size: Pictures in a batch.
        verbose: `"auto"` or 1 shows a progress bar, 0 nothing.

    Returns:
        How many rows there are.

    Raises:
        ValueError: If there is no picture, or the model gives NaN.
        OSError: If the file cannot be written, or another process is writing it.
    """
    paths = paths_of(pictures, "pictures")
    at_least("batch_size", batch_size, 1)
    show = is_shown(verbose)
    names = class_names(model)
    columns = ["picture", "label", "probability", *names, "problem"]
    with GrowingTable(Path(path), _key(model), columns) as table, quiet_pillow():
        found = len(table.last_cells)
        pending = [one for one in paths if storable(one) not in table.last_cells]
        _append(table, model, pending, batch_size, show=show)
        table.finish()
    problems = sum(map(bool, table.last_cells.values()))
    return Written(table.path, len(table.last_cells), problems, found)


def _append(
    table: GrowingTable, model: keras.Model, paths: Sequence[Path], batch_size: int, *, show: bool
) -> None:
    """Classifies pictures into a table, batch by batch."""
    number = math.ceil(len(paths) / batch_size)
    with contextlib.closing(batches_for(model, paths, batch_size)) as batches:
        for batch in track(batches, "Classifying", number, show=show and number > 1):
            table.append(_rows(model, batch))


def _key(model: keras.Model) -> str:
    """Returns what the rows of a model can be told by from those of another."""
    taken = (*input_format(model), is_multi_label(model))
    return digest(digest_of_weights(model.weights), *class_names(model), str(taken))[:KEY_LENGTH]


def _rows(model: keras.Model, batch: Batch) -> Iterator[list[Any]]:
    answers = _answers(model, batch)
    empty = [""] * (2 + len(class_names(model)))
    for number, path in enumerate(batch.paths):
        problem = batch.problems.get(number, "")
        yield [storable(path), *(empty if problem else next(answers)), problem]


def _answers(model: keras.Model, batch: Batch) -> Iterator[list[Any]]:
    """Yields label, largest probability and all of them, for each picture that can be read."""
    if not len(batch.images):
        return
    probabilities = predict_batch(model, batch.images)
    labels = labels_of(class_names(model), probabilities, multi_label=is_multi_label(model))
    for label, row in zip(labels, probabilities, strict=True):
        yield ["; ".join(label) if isinstance(label, tuple) else label, row.max(), *row]
