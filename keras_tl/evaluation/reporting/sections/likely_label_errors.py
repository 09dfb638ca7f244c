"""Labels that are likely wrong, with pictures, for a person to judge."""

from dataclasses import dataclass

from keras_tl.data.dataset import Data
from keras_tl.evaluation.analysing.label_errors import LabelError, find_label_errors
from keras_tl.evaluation.reporting.picture import Picture, small_picture
from keras_tl.evaluation.reporting.subject import Subject

MOST_SHOWN = 24
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
        labels: Number of labels that there are.
    """

    errors: tuple[LabelError, ...]
    suspects: tuple[Suspect, ...]
    examined: int
    labels: int

    @property
    def are_many(self) -> bool:
        """Whether there are so many that it is rather the search that is wrong."""
        return len(self.errors) > MANY * self.examined


def likely_label_errors(subject: Subject) -> LikelyLabelErrors:
    """Looks for wrong labels in all splits."""
    data = subject.data
    splits = [name for name, split in data.splits.items() if split.size]
    found = find_label_errors(subject.model, data, splits=splits, cache=subject.cache)
    suspects = tuple(_suspect(error, data) for error in found.errors[:MOST_SHOWN])
    return LikelyLabelErrors(found.errors, suspects, found.examined, found.labels)


def _suspect(error: LabelError, data: Data) -> Suspect:
    (image,) = data.splits[error.split].read([error.row])
    words = f"{error.name}: labelled {error.given}, likely {error.suggested}"
    return Suspect(error, small_picture(image, words))
