"""Scores of a classifier on a split, with scikit-learn's metrics and a bootstrap interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from scipy import stats
from sklearn import metrics as sk

from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.evaluation.predict import predict_split
from keras_tl.foundation.tables import as_text, table
from keras_tl.models.card import class_names, input_size, is_multi_label, resize_policy
from keras_tl.models.decisions import decide

RESAMPLES = 2000


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a classifier is worth on a split.

    Attributes:
        accuracy: Share of images whose label is right; where several classes may hold, all of them.
        accuracy_interval: 95 % bootstrap percentile interval of the accuracy.
        log_loss: Mean cross-entropy, in nats.
        macro_f1: Mean F1 of the classes.
        per_class: Precision, recall, F1 and support of each class, by name.
        confusion: `(classes, classes)` counts, true class by predicted class; where several
            classes may hold, `(classes, 2, 2)`.
        class_names: Names in the order of the axes.
        examples: Number of images.
    """

    accuracy: float
    accuracy_interval: tuple[float, float]
    log_loss: float
    macro_f1: float
    per_class: Mapping[str, Mapping[str, float]]
    confusion: np.ndarray
    class_names: Sequence[str]
    examples: int

    def to_dict(self) -> dict[str, Any]:
        """Returns the scores as plain data."""
        return {
            "accuracy": self.accuracy,
            "accuracy_interval": list(self.accuracy_interval),
            "log_loss": self.log_loss,
            "macro_f1": self.macro_f1,
            "examples": self.examples,
            "per_class": {name: dict(scores) for name, scores in self.per_class.items()},
            "confusion": self.confusion.tolist(),
            "class_names": list(self.class_names),
        }

    def __str__(self) -> str:
        low, high = self.accuracy_interval
        rows = [
            (name, *(f"{scores[key]:.3f}" for key in ("precision", "recall", "f1")),
             int(scores["support"]))
            for name, scores in self.per_class.items()
        ]  # fmt: skip
        columns = ("class", "precision#", "recall#", "F1#", "images#")
        return (
            f"accuracy {self.accuracy:.1%} (95 % interval {low:.1%} to {high:.1%}) on "
            f"{self.examples} images, log loss {self.log_loss:.3f}\n"
            + as_text(table(columns, rows))
        )


def evaluate(model: keras.Model, split: Split | Data) -> Evaluation:
    """Scores a classifier on a split, in the order of the split.

    Args:
        model: Classifier from `build_classifier`.
        split: A split of data with the same class names; of `Data`, its test split.

    Returns:
        Accuracy with a 95 % interval, log loss, scores of each class, confusion matrix.

    Raises:
        ValueError: If the split is empty, or has other class names, another size or resize policy.
    """
    split = split.test if isinstance(split, Data) else split
    require_same_task(model, split)
    probabilities = predict_split(model, split)
    multi_label = is_multi_label(model)
    return score(split.labels, probabilities, split.class_names, multi_label=multi_label)


def require_same_task(model: keras.Model, split: Split) -> None:
    """Raises `ValueError` if the split is empty, or of other classes or images than the model's."""
    if not split.size:
        raise ValueError("`split` must have images. Received: an empty split")
    if split.class_names != class_names(model):
        raise ValueError(
            "`split` must have the class names of the model, in the same order. "
            f"Received: {split.class_names}; the model has {class_names(model)}"
        )
    if split.pictures.size != input_size(model):
        raise ValueError(
            f"`split` must have images of the model's size {input_size(model)}. Received: images "
            f"of {split.pictures.size}. Load the data with `image_size={input_size(model)}`."
        )
    if split.pictures.policy != resize_policy(model):
        raise ValueError(
            f"`split` must be loaded with `resize={resize_policy(model)!r}`, as the model was "
            f"trained. Received: a split with resize={split.pictures.policy!r}"
        )


def score(
    labels: np.ndarray,
    probabilities: np.ndarray,
    names: Sequence[str],
    *,
    multi_label: bool = False,
) -> Evaluation:
    """Scores probabilities against labels.

    Args:
        labels: `(examples,)` integers, or `(examples, classes)` 0/1.
        probabilities: `(examples, classes)`.
        names: Class names.
        multi_label: Whether several classes may hold at once.
    """
    decided = decide(probabilities, multi_label=multi_label)
    right = is_right(labels, decided)
    classes = list(range(len(names)))
    rows = _per_class(labels, decided, classes, multi_label)
    return Evaluation(
        accuracy=float(right.mean()),
        accuracy_interval=interval(right),
        log_loss=log_loss(labels, probabilities, multi_label),
        macro_f1=float(np.mean([row["f1"] for row in rows])),
        per_class=dict(zip(names, rows, strict=True)),
        confusion=_confusion(labels, decided, classes, multi_label),
        class_names=list(names),
        examples=len(labels),
    )


def is_right(labels: np.ndarray, decided: np.ndarray) -> np.ndarray:
    """Returns `(examples,)` whether each decision is right; of several, whether all are."""
    return (decided == labels).reshape(len(labels), -1).all(axis=1)


def interval(right: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Returns the bootstrap percentile interval of a share; the exact one if all are alike.

    When all are right, or none, resampling shows no spread; the interval is then Clopper and
    Pearson's.

    Args:
        right: `(examples,)` booleans.
        level: Probability that the interval is to hold.
    """
    if right.all() or not right.any():
        exact = stats.binomtest(int(right.sum()), len(right)).proportion_ci(level, "exact")
        return float(exact.low), float(exact.high)
    values = (right.astype("float32"),)
    drawn = stats.bootstrap(
        values, np.mean, n_resamples=RESAMPLES, confidence_level=level, method="percentile",
        batch=100, rng=np.random.default_rng(0),
    )  # fmt: skip
    return float(drawn.confidence_interval.low), float(drawn.confidence_interval.high)


def log_loss(labels: np.ndarray, probabilities: np.ndarray, multi_label: bool) -> float:
    """Returns the mean cross-entropy of probabilities in nats; of several labels, over both."""
    exact = probabilities.astype("float64")
    if multi_label:
        columns = zip(labels.T, exact.T, strict=True)
        return float(np.mean([sk.log_loss(y, p, labels=[0, 1]) for y, p in columns]))
    exact /= exact.sum(axis=1, keepdims=True)
    return float(sk.log_loss(labels, exact, labels=list(range(exact.shape[1]))))


def _per_class(
    labels: np.ndarray, decided: np.ndarray, classes: list[int], multi_label: bool
) -> list[dict[str, float]]:
    """Returns precision, recall, F1 and support of each class."""
    pairs = zip(labels.T, decided.T, strict=True) if multi_label else [(labels, decided)]
    wanted = [1] if multi_label else classes
    found = [
        sk.precision_recall_fscore_support(*pair, labels=wanted, zero_division=0) for pair in pairs
    ]
    keys = ("precision", "recall", "f1", "support")
    columns = (np.concatenate(parts).astype(float).tolist() for parts in zip(*found, strict=True))
    return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]


def _confusion(
    labels: np.ndarray, decided: np.ndarray, classes: list[int], multi_label: bool
) -> np.ndarray:
    if multi_label:
        pairs = zip(labels.T, decided.T, strict=True)
        return np.stack([sk.confusion_matrix(*pair, labels=[0, 1]) for pair in pairs])
    return sk.confusion_matrix(labels, decided, labels=classes)
