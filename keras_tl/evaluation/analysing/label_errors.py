"""Labels that are likely wrong, by what the features of all other images say of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from keras_tl.caching.cache_argument import CacheLike
from keras_tl.caching.features import features
from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.data.splitting.folds import folds as dealt
from keras_tl.data.splitting.population import Population
from keras_tl.evaluation.analysing.confident_learning import Doubts, doubts
from keras_tl.foundation.checks import at_least, known_keys
from keras_tl.foundation.tables import as_text, table

SPLITS = ("train",)
FOLDS = 5


@dataclass(frozen=True)
class LabelError:
    """An image whose label is likely another one.

    Attributes:
        name: Path, or number, of the image.
        split: The split that it is in.
        row: Its position there.
        given: The label that it has; where several classes may hold, the name of a class that it
            has, or `not NAME` of one that it has not.
        suggested: The label that it likely should have, in the same form.
        score: Probability of the suggested label less that of the given one, from -1 to 1, as a
            classifier sees it that has not learned from this image.
    """

    name: str
    split: str
    row: int
    given: str
    suggested: str
    score: float


@dataclass(frozen=True)
class LabelErrors:
    """Labels that are likely wrong, the likeliest first.

    Attributes:
        errors: The images, by falling score.
        examined: Number of labels that were looked at: one an image, or one an image and class.
        labels: Number of labels that there are. Others than those examined are of classes with too
            few images for two folds, or, where several classes may hold, too few without.
    """

    errors: tuple[LabelError, ...]
    examined: int
    labels: int

    def __str__(self) -> str:
        columns = ("picture", "split", "label", "likely", "score#")
        rows = [(e.name, e.split, e.given, e.suggested, f"{e.score:.2f}") for e in self.errors]
        text = f"{len(self.errors)} of {self.examined} labels are likely wrong."
        return text + ("\n" + as_text(table(columns, rows)) if rows else "")


def find_label_errors(
    model: keras.Model,
    data: Data,
    *,
    splits: Sequence[str] = SPLITS,
    folds: int = FOLDS,
    cache: CacheLike = None,
    seed: int = 0,
) -> LabelErrors:
    """Finds labels that are likely wrong, by confident learning.

    A logistic regression on what the head gets is fitted fold by fold, so that it says what it
    makes of each image without having learned from it, its copies or its group. A class is
    plausible for an image if its probability reaches the mean that it has among the images of that
    label. If the likeliest plausible class is not the label, the label is likely wrong. Where
    several classes may hold, each class is looked at by itself.

    Source: Northcutt et al., 2019, arXiv:1911.00068.

    Args:
        model: Classifier; only what comes before its head matters. One that was trained on wrong
            labels may have learned them by heart; its features before training have not.
        data: Data with the same image size and resize policy.
        splits: The splits to look at, together: of `"train"`, `"validation"`, `"test"`.
        folds: Number of folds; fewer where no class has so many different images.
        cache: A directory or a `FeatureCache`, where the features are kept, or found, for the next
            time; None forgets them.
        seed: Seed of the folds.

    Raises:
        ValueError: If there is no such split, all are empty, or `folds` is not at least 2.
    """
    taken = _taken(data, splits)
    at_least("folds", folds, 2)
    labels = np.concatenate([split.labels for split in taken.values()])
    vectors = np.concatenate([_flat(model, split, cache) for split in taken.values()])
    fold = _folds(data, list(taken.values()), folds, seed)
    images = [(n, s, r) for s, split in taken.items() for r, n in enumerate(split.names())]
    errors: list[LabelError] = []
    examined = 0
    for numbers, words in _questions(labels, data.class_names):
        made = doubts(vectors, numbers, fold)
        errors += _errors(made, numbers, words, images)
        examined += len(made.examined)
    errors.sort(key=lambda error: -error.score)
    return LabelErrors(tuple(errors), examined, labels.size)


def _taken(data: Data, names: Sequence[str]) -> dict[str, Split]:
    known_keys("splits", names, data.splits)
    taken = {name: data.splits[name] for name in names if data.splits[name].size}
    if not taken:
        raise ValueError(
            f"`splits` must name a split that has images. Received: splits={tuple(names)}"
        )
    return taken


def _flat(model: keras.Model, split: Split, cache: CacheLike) -> np.ndarray:
    found, _ = features(model, split, cache=cache)
    return found.reshape(len(found), -1)


def _folds(data: Data, splits: Sequence[Split], most: int, seed: int) -> np.ndarray:
    """Returns the fold of each image; all 0 if there are not two of any class to divide."""
    labels = np.concatenate([split.labels for split in splits])
    numbers = np.concatenate([split.numbers for split in splits])
    digests = [digest for split in splits for digest in split.digests]
    groups = None if data.groups is None else data.groups[numbers]
    population = Population(labels, digests, groups=groups)
    _, first = np.unique(population.units, return_index=True)
    different = np.unique(population.strata[first], return_counts=True)[1].max()
    if different < 2:
        return np.zeros(len(labels), dtype=int)
    return dealt(population, int(min(most, different)), seed)


def _questions(
    labels: np.ndarray, names: Sequence[str]
) -> Iterator[tuple[np.ndarray, Sequence[str]]]:
    """Yields labels `(images,)` and a word for each: all classes, or one after the other."""
    if labels.ndim == 1:
        yield labels, names
        return
    for column, name in zip(labels.T, names, strict=True):
        yield column.astype(int), (f"not {name}", name)


def _errors(
    made: Doubts, labels: np.ndarray, words: Sequence[str], images: Sequence[tuple[str, str, int]]
) -> Iterator[LabelError]:
    for at, suggested, margin in zip(made.examined, made.suggested, made.margin, strict=True):
        if suggested != labels[at]:
            name, split, row = images[at]
            given = words[labels[at]]
            yield LabelError(name, split, row, given, words[suggested], float(margin))
