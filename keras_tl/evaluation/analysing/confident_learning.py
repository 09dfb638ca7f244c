"""Confident learning: labels that a classifier doubts which has not learned from them.

Source: Northcutt et al., 2019, arXiv:1911.00068.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from keras_tl.training.solvers import logistic_probe


@dataclass(frozen=True, eq=False)
class Doubts:
    """What confident learning makes of labels.

    Attributes:
        examined: `(examined,)` rows that could be looked at.
        suggested: `(examined,)` the label that each should have; the given one where nothing
            speaks against it.
        margin: `(examined,)` probability of that label less that of the given one.
    """

    examined: np.ndarray
    suggested: np.ndarray
    margin: np.ndarray


def doubts(features: np.ndarray, labels: np.ndarray, fold: np.ndarray) -> Doubts:
    """Asks of each label whether what is learned from the other folds says so too.

    Only labels that occur in two folds or more can be looked at.

    Args:
        features: `(images, features)`.
        labels: `(images,)` integers.
        fold: `(images,)` number of the fold that each image is in.
    """
    seen = np.unique(np.stack([labels, fold]), axis=1)[0]
    classes = np.flatnonzero(np.bincount(seen) > 1)
    rows = np.flatnonzero(np.isin(labels, classes)) if len(classes) > 1 else np.arange(0)
    if not len(rows):
        return Doubts(rows, rows, np.zeros(0))
    given = np.searchsorted(classes, labels[rows])
    probabilities = out_of_fold(features[rows], given, fold[rows])
    suggested = plausible_labels(given, probabilities)
    each = np.arange(len(rows))
    margin = probabilities[each, suggested] - probabilities[each, given]
    return Doubts(rows, classes[suggested], margin)


def out_of_fold(features: np.ndarray, labels: np.ndarray, fold: np.ndarray) -> np.ndarray:
    """Returns what a logistic regression says of each image that has learned from other folds.

    Args:
        features: `(images, features)`; standardised for it.
        labels: `(images,)` integers `0, 1, ...`; each occurs in at least two folds.
        fold: `(images,)` number of the fold that each image is in.

    Returns:
        Probabilities `(images, classes)`.
    """
    folds = PredefinedSplit(fold)
    return cross_val_predict(logistic_probe(), features, labels, cv=folds, method="predict_proba")


def plausible_labels(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the likeliest plausible label of each image; the given one where none is plausible.

    A label is plausible for an image if its probability is at least the mean that it has among the
    images that it is given to.

    Args:
        labels: `(images,)` integers; each class is given to at least one image.
        probabilities: `(images, classes)`, out of fold.
    """
    confidence = probabilities[np.arange(len(labels)), labels]
    classes = range(probabilities.shape[1])
    thresholds = [confidence[labels == number].mean() for number in classes]
    is_plausible = probabilities >= thresholds
    likeliest = np.where(is_plausible, probabilities, -1.0).argmax(axis=1)
    return np.where(is_plausible.any(axis=1), likeliest, labels)
