"""The loss and the metrics that suit a classifier and its data."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from keras_tl.data.balance import effective_number, inverse_frequency, priors
from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.foundation.checks import in_range
from keras_tl.models.card import is_multi_label
from keras_tl.training.crossentropy import (
    SmoothedCrossentropy,
    WeightedBinaryCrossentropy,
    WeightedCrossentropy,
    are_shares,
)
from keras_tl.training.rare_class_losses import (
    FOCUSING,
    FocalCrossentropy,
    LogitAdjustedBinaryCrossentropy,
    LogitAdjustedCrossentropy,
)

LossMaker = Callable[[Split, float], keras.losses.Loss]
Weighing = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Objective:
    """What is minimised and what is measured.

    Attributes:
        loss: A Keras loss.
        metrics: Gives the Keras metrics; called for each phase.
    """

    loss: Any
    metrics: Callable[[], list[Any]]


def default_loss(model: keras.Model, data: Data, label_smoothing: float) -> keras.losses.Loss:
    """Returns the loss that the labels and the balance of the data ask for.

    It is cross-entropy: over classes, or for each class where several may hold at once.
    """
    in_range("label_smoothing", label_smoothing, 0.0, 0.99)
    of_one, of_several = _LOSSES[data.balance]
    return (of_several if is_multi_label(model) else of_one)(data.train, label_smoothing)


def default_metrics(model: keras.Model, data: Data, more: Sequence[Any]) -> list[Any]:
    """Returns accuracy, of each label where several classes may hold, and the user's metrics."""
    if is_multi_label(model):
        return [keras.metrics.BinaryAccuracy(), *more]
    if data.train.has_soft_labels:
        return [MixedAccuracy(), *more]
    return [keras.metrics.SparseCategoricalAccuracy(name="accuracy"), *more]


@keras.saving.register_keras_serializable("keras_tl")
class MixedAccuracy(keras.metrics.MeanMetricWrapper):
    """Share of images whose likeliest class is theirs, or has the largest share of a mixed label.

    Where labels are mixed in training only, integers and shares come to the same metric.
    """

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(_is_right, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype}


def _is_right(y_true: Any, y_pred: Any) -> Any:
    if are_shares(y_true, y_pred):
        return keras.metrics.categorical_accuracy(y_true, y_pred)
    return keras.metrics.sparse_categorical_accuracy(y_true, y_pred)


def _plain(train: Split, smoothing: float) -> keras.losses.Loss:
    return SmoothedCrossentropy(smoothing)


def _plain_binary(train: Split, smoothing: float) -> keras.losses.Loss:
    return keras.losses.BinaryCrossentropy(label_smoothing=smoothing)


def _weighted(weigh: Weighing) -> LossMaker:
    return lambda train, smoothing: WeightedCrossentropy(weigh(train.counts()).tolist(), smoothing)


def _weighted_binary(weigh: Weighing) -> LossMaker:
    def make(train: Split, smoothing: float) -> keras.losses.Loss:
        pairs = [weigh(np.array([count, train.size - count])) for count in train.counts()]
        positive, negative = np.transpose(pairs).tolist()
        return WeightedBinaryCrossentropy(positive, negative, smoothing)

    return make


def _focal(train: Split, smoothing: float) -> keras.losses.Loss:
    return FocalCrossentropy(label_smoothing=smoothing)


def _focal_binary(train: Split, smoothing: float) -> keras.losses.Loss:
    return keras.losses.BinaryFocalCrossentropy(gamma=FOCUSING, label_smoothing=smoothing)


def _adjusted(train: Split, smoothing: float) -> keras.losses.Loss:
    shares = priors(train.counts(), train.size).tolist()
    return LogitAdjustedCrossentropy(shares, label_smoothing=smoothing)


def _adjusted_binary(train: Split, smoothing: float) -> keras.losses.Loss:
    most = 1 - 1 / max(train.size, 2)
    shares = np.minimum(priors(train.counts(), train.size), most).tolist()
    return LogitAdjustedBinaryCrossentropy(shares, label_smoothing=smoothing)


_LOSSES: dict[str | None, tuple[LossMaker, ...]] = {
    None: (_plain, _plain_binary),
    "oversample": (_plain, _plain_binary),
    "weights": (_weighted(inverse_frequency), _weighted_binary(inverse_frequency)),
    "effective-number": (_weighted(effective_number), _weighted_binary(effective_number)),
    "focal": (_focal, _focal_binary),
    "logit-adjustment": (_adjusted, _adjusted_binary),
}
"""One row a way to balance: the loss for one label an image, and for several."""
