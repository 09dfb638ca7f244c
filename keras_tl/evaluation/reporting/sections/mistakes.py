"""The mistakes to look at: those the model was surest of, and those furthest from the truth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import xlogy

from keras_tl.evaluation.explaining.explain import explain
from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.picture import Picture, small_picture
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.evaluation.scored_split import ScoredSplit

MOST = 12
NONE_OF_THEM = "none"


@dataclass(frozen=True)
class Mistake:
    """An image on which the model is wrong.

    Attributes:
        name: Path, or number, of the image.
        truth: Its class; where several may hold, all that do.
        said: What the model said, likewise.
        explained: The class that is wrong: said in error, or missed.
        confidence: How sure the model was of being right about that class, from 0 to 1.
        loss: Cross-entropy, in nats; where several classes may hold, their mean.
        picture: The image.
        heatmap: Where the model sees the class that is explained; None if it could not be told.
    """

    name: str
    truth: str
    said: str
    explained: str
    confidence: float
    loss: float
    picture: Picture
    heatmap: Picture | None


@dataclass(frozen=True)
class Mistakes:
    """The mistakes to look at.

    Attributes:
        wrong: Number of images on which the model is wrong.
        examples: Number of images.
        most_confident: Those that it was surest of, at most twelve.
        worst: Those of the largest loss, at most twelve.
        no_heatmaps: Why there are no heatmaps; empty if there are.
    """

    wrong: int
    examples: int
    most_confident: tuple[Mistake, ...]
    worst: tuple[Mistake, ...]
    no_heatmaps: str = ""

    @property
    def further(self) -> tuple[Mistake, ...]:
        """The worst that are not among the most confident."""
        shown = {one.name for one in self.most_confident}
        return tuple(one for one in self.worst if one.name not in shown)


def mistakes(subject: Subject) -> Mistakes:
    """Returns the mistakes to look at.

    Raises:
        Unavailable: If there is none.
    """
    scored = subject.scored
    wrong = np.flatnonzero(~scored.right)
    if not len(wrong):
        raise Unavailable(f"The model is right on all {scored.size:,} test images.")
    sure, lost = _confidence(scored), _loss(scored)
    confident, worst = (wrong[np.argsort(-by[wrong], kind="stable")][:MOST] for by in (sure, lost))
    rows = np.unique(np.concatenate([confident, worst]))
    shown, reason = _shown(subject, rows, sure, lost)
    return Mistakes(
        wrong=len(wrong),
        examples=scored.size,
        most_confident=tuple(shown[row] for row in confident.tolist()),
        worst=tuple(shown[row] for row in worst.tolist()),
        no_heatmaps=reason,
    )


def _shown(
    subject: Subject, rows: np.ndarray, sure: np.ndarray, lost: np.ndarray
) -> tuple[dict[int, Mistake], str]:
    """Returns mistakes by their row in the test split, and why they have no heatmaps."""
    scored, images = subject.scored, subject.data.test.read(rows)
    explained = [scored.class_names[i] for i in _wrong_class(scored)[rows].tolist()]
    overlays, reason = _overlays(subject, images, explained)
    shown = {}
    for row, image, about, overlay in zip(rows.tolist(), images, explained, overlays, strict=True):
        truth, said = (_named(scored, these[row]) for these in (scored.labels, scored.decided))
        words = f"{scored.names[row]}: {truth}, taken for {said}"
        heatmap = f"Where the model sees {about} in {scored.names[row]}"
        shown[row] = Mistake(
            name=scored.names[row],
            truth=truth,
            said=said,
            explained=about,
            confidence=float(sure[row]),
            loss=float(lost[row]),
            picture=small_picture(image, words),
            heatmap=None if overlay is None else small_picture(overlay, heatmap),
        )
    return shown, reason


def _overlays(
    subject: Subject, images: np.ndarray, explained: Sequence[str]
) -> tuple[Sequence[np.ndarray | None], str]:
    """Returns a heatmap over each image, or why there is none."""
    try:
        maps = explain(subject.model, images, classes=list(explained))
    except (ValueError, RuntimeError) as error:
        return [None] * len(images), str(error)
    return [maps.overlay(number) for number in range(len(images))], ""


def _confidence(scored: ScoredSplit) -> np.ndarray:
    """Returns for each image how sure the model is of what it has wrong."""
    if not scored.multi_label:
        return scored.probabilities.max(axis=1)
    return _sureness_of_wrong(scored).max(axis=1)


def _wrong_class(scored: ScoredSplit) -> np.ndarray:
    """Returns for each image the class that it was surest of and has wrong."""
    if not scored.multi_label:
        return scored.decided
    return _sureness_of_wrong(scored).argmax(axis=1)


def _sureness_of_wrong(scored: ScoredSplit) -> np.ndarray:
    """Returns the probability of each decision on each class of each image; 0 where it is right."""
    said = np.where(scored.decided == 1, scored.probabilities, 1 - scored.probabilities)
    return np.where(scored.decided == scored.labels, 0.0, said)


def _loss(scored: ScoredSplit) -> np.ndarray:
    """Returns the cross-entropy of each image, also where the probability all but vanishes."""
    exact = np.clip(scored.probabilities.astype("float64"), np.finfo("float32").tiny, 1.0)
    if not scored.multi_label:
        return -np.log(exact[np.arange(scored.size), scored.labels])
    others = np.clip(1 - exact, np.finfo("float32").tiny, 1.0)
    return -(xlogy(scored.labels, exact) + xlogy(1 - scored.labels, others)).mean(axis=1)


def _named(scored: ScoredSplit, label: np.ndarray) -> str:
    if not scored.multi_label:
        return scored.class_names[int(label)]
    return ", ".join(scored.class_names[i] for i in np.flatnonzero(label).tolist()) or NONE_OF_THEM
