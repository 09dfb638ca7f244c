"""Labels that are likely wrong, with pictures, for a person to judge."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from keras_tl.data.dataset import Data
from keras_tl.evaluation.analysing.label_errors import LabelError, find_label_errors
from keras_tl.evaluation.reporting.picture import Picture, small_picture
from keras_tl.evaluation.reporting.subject import Subject

MOST_SHOWN = 24
MOST_TRAINING = 5000
MANY = 0.1


@dataclass(frozen=True)
class Suspect:
    """An image whose label is likely wrong.

    Attributes:
        error: Which one, and what it should be.
        picture: The image.
    """

    error: LabelError
    picture: Picture


@dataclass(frozen=True)
class LikelyLabelErrors:
    """The labels that are likely wrong, the likeliest first.

    Attributes:
        errors: All of them.
        suspects: The first of them, with pictures.
        examined: Number of labels that were looked at.
        labels: Number of labels that there are among the images that were looked at.
        passed_over: Number of training images that were not, since there are many.
    """

    errors: tuple[LabelError, ...]
    suspects: tuple[Suspect, ...]
    examined: int
    labels: int
    passed_over: int

    @property
    def are_many(self) -> bool:
        """Whether there are so many that it is rather the search that is wrong."""
        return len(self.errors) > MANY * self.examined


def likely_label_errors(subject: Subject) -> LikelyLabelErrors:
    """Looks for wrong labels in all splits; of many training images in some, drawn at random."""
    few = with_few_to_train(subject.data, MOST_TRAINING)
    splits = [name for name, split in few.splits.items() if split.size]
    found = find_label_errors(subject.model, few, splits=splits, cache=subject.cache)
    errors = found.errors if few is subject.data else _within_whole(found.errors, subject.data)
    suspects = tuple(_suspect(error, subject.data) for error in errors[:MOST_SHOWN])
    passed_over = subject.data.train.size - few.train.size
    return LikelyLabelErrors(errors, suspects, found.examined, found.labels, passed_over)


def with_few_to_train(data: Data, most: int) -> Data:
    """Returns data whose training split has no more than so many images, drawn at random."""
    train = data.train
    if train.size <= most:
        return data
    rows = np.sort(np.random.default_rng(0).choice(train.size, most, replace=False))
    return replace(data, train=train.with_images_of(train, rows))


def _within_whole(errors: Iterable[LabelError], data: Data) -> tuple[LabelError, ...]:
    """Returns errors with their rows in the whole training split."""
    rows = {name: row for row, name in enumerate(data.train.names())}
    return tuple(
        replace(error, row=rows[error.name]) if error.split == "train" else error
        for error in errors
    )


def _suspect(error: LabelError, data: Data) -> Suspect:
    (image,) = data.splits[error.split].read([error.row])
    words = f"{error.name}: labelled {error.given}, likely {error.suggested}"
    return Suspect(error, small_picture(image, words))
