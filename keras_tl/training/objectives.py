"""The loss and the metrics that suit a classifier."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_tl.foundation.checks import in_range
from keras_tl.models.card import is_multi_label


def default_loss(model: keras.Model, label_smoothing: float) -> keras.losses.Loss:
    """Returns cross-entropy: over classes, or for each class where several may hold at once."""
    in_range("label_smoothing", label_smoothing, 0.0, 0.99)
    if is_multi_label(model):
        return keras.losses.BinaryCrossentropy(label_smoothing=label_smoothing)
    return SmoothedCrossentropy(label_smoothing)


def default_metrics(model: keras.Model, more: Sequence[Any]) -> list[Any]:
    """Returns accuracy, of each label where several classes may hold, and the user's metrics."""
    if is_multi_label(model):
        return [keras.metrics.BinaryAccuracy(), *more]
    return [keras.metrics.SparseCategoricalAccuracy(name="accuracy"), *more]


@keras.saving.register_keras_serializable("keras_tl")
class SmoothedCrossentropy(keras.losses.Loss):
    r"""Cross-entropy on integer labels with label smoothing, which Keras's sparse loss lacks.

    The target is `(1 - \epsilon) y + \epsilon / K`. Source: Szegedy et al., 2016,
    arXiv:1512.00567.

    Args:
        label_smoothing: `\epsilon`, from 0 to 1.
    """

    def __init__(self, label_smoothing: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**{"name": "crossentropy", **kwargs})
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns a loss `(batch,)` for labels `(batch,)` and probabilities `(batch, classes)`."""
        labels = keras.ops.cast(keras.ops.reshape(y_true, (-1,)), "int32")
        if not self.label_smoothing:
            return keras.losses.sparse_categorical_crossentropy(labels, y_pred)
        targets = keras.ops.one_hot(labels, y_pred.shape[-1])
        return keras.losses.categorical_crossentropy(
            targets, y_pred, label_smoothing=self.label_smoothing
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "label_smoothing": self.label_smoothing}
