"""Which classes are taken for which, where each image has one label."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keras_tl.evaluation.reporting.figures.confusion_matrix import confusion_matrix
from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.subject import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_PAIRS = 10


@dataclass(frozen=True)
class Confused:
    """Images of one class that were taken for another.

    Attributes:
        truth: The class that they are of.
        said: The class that the model said.
        images: How many.
        share: Which share of the images of the class.
    """

    truth: str
    said: str
    images: int
    share: float


@dataclass(frozen=True)
class Confusions:
    """The confusion matrix.

    Attributes:
        class_names: Names in the order of the axes.
        matrix: Number of images, true class by said class.
        pairs: The pairs that are confused most, at most ten.
    """

    class_names: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]
    pairs: tuple[Confused, ...]

    def matrix_figure(self) -> "Figure":
        """Draws the matrix."""
        return confusion_matrix(np.array(self.matrix), self.class_names, self.words)

    @property
    def words(self) -> str:
        """The matrix in words."""
        counts = np.array(self.matrix)
        pairs = "; ".join(f"{p.truth} as {p.said}: {p.images}" for p in self.pairs)
        return (
            f"Confusion matrix of {len(self.class_names)} classes, true class by predicted class: "
            f"{counts.trace():,} of {counts.sum():,} images on the diagonal. "
            + (f"Most confused are {pairs}." if pairs else "None is confused with another.")
        )


def confusions(subject: Subject) -> Confusions:
    """Returns which classes were taken for which.

    Raises:
        Unavailable: If several classes may hold at once.
    """
    if subject.scored.multi_label:
        raise Unavailable(
            "Where several classes may hold at once no class is taken for another: see what is "
            "missed and what is named in error."
        )
    scores = subject.scored.scores
    matrix = tuple(tuple(map(int, row)) for row in scores.confusion)
    return Confusions(
        tuple(scores.class_names), matrix, _pairs(scores.confusion, scores.class_names)
    )


def _pairs(matrix: np.ndarray, names: Sequence[str]) -> tuple[Confused, ...]:
    wrong = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    places = zip(*np.unravel_index(order, wrong.shape), strict=True)
    return tuple(
        Confused(names[i], names[j], int(wrong[i, j]), float(wrong[i, j] / matrix[i].sum()))
        for i, j in places
        if wrong[i, j]
    )
