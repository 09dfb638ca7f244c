"""Few-shot recognition of scikit-learn's handwritten digits: what the letters are learned for."""

from collections.abc import Callable, Iterator

import numpy as np
import tensorflow as tf
from sklearn import datasets, linear_model, model_selection, pipeline, preprocessing, svm
from sklearn.base import ClassifierMixin

from rendering import IMAGE_SIZE, photo_patches

LABEL_COUNTS = (1, 2, 5)
"""Labels per digit to learn from."""

POOLINGS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "avg": lambda maps: maps.mean((1, 2)),
    "max": lambda maps: maps.max((1, 2)),
    "concat": lambda maps: np.concatenate([maps.mean((1, 2)), maps.max((1, 2))], axis=-1),
    "flatten": lambda maps: maps.reshape(len(maps), -1),
}
"""Ways from feature maps `(batch, height, width, channels)` to features `(batch, features)`."""


def digit_images() -> np.ndarray:
    """Returns the digits, scaled up, float32 `(digits, IMAGE_SIZE, IMAGE_SIZE, 3)` in 0..255."""
    counts = datasets.load_digits().images[..., np.newaxis]
    size = (IMAGE_SIZE, IMAGE_SIZE)
    images = tf.image.resize(counts * (255 / 16), size, "bilinear", antialias=True)
    return np.repeat(images.numpy(), 3, axis=-1)


def blend_with_photographs(images: np.ndarray, seed: int = 0) -> np.ndarray:
    """Returns the absolute difference of each image and a random patch of a photograph."""
    return np.abs(images - photo_patches(len(images), np.random.default_rng(seed)))


def few_shot_splits(count: int, seeds: int = 5) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields the indices of `count` labelled training digits per class, and of the test digits.

    Each seed splits the digits 70/15/15 into training, validation and test part.
    """
    digits = datasets.load_digits().target
    for seed in range(seeds):
        train, rest = split(np.arange(len(digits)), digits, 0.3, seed)
        _, test = split(rest, digits, 0.5, seed)
        rng = np.random.default_rng(seed)
        by_digit = [train[digits[train] == digit] for digit in range(10)]
        shots = [rng.choice(part, count, replace=False) for part in by_digit]
        yield np.concatenate(shots), test


def split(
    indices: np.ndarray, labels: np.ndarray, fraction: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Splits indices in two, stratified by label; the second part holds `fraction` of them."""
    first, second = model_selection.train_test_split(
        indices, test_size=fraction, stratify=labels[indices], random_state=seed
    )
    return first, second


def linear_probe(inverse_penalty: float = 0.1) -> pipeline.Pipeline:
    """Builds a logistic regression on standardized features."""
    regression = linear_model.LogisticRegression(C=inverse_penalty, max_iter=5000)
    return pipeline.make_pipeline(preprocessing.StandardScaler(), regression)


def support_vectors() -> svm.SVC:
    """Builds the classifier to beat, which works on raw pixels."""
    return svm.SVC(C=10)


def few_shot_score(
    features: np.ndarray, build: Callable[[], ClassifierMixin], count: int, seeds: int = 5
) -> float:
    """Measures the mean test accuracy of a classifier that learns from a few digits.

    Args:
        features: Features of all digits, `(digits, features)`.
        build: Makes the classifier to fit.
        count: Labels per digit.
        seeds: Splits to average over.

    Returns:
        Accuracy, in percent.
    """
    digits = datasets.load_digits().target
    accuracies = [
        build().fit(features[shots], digits[shots]).score(features[test], digits[test])
        for shots, test in few_shot_splits(count, seeds)
    ]
    return 100 * float(np.mean(accuracies))
