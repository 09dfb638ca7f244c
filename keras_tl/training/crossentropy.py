"""Cross-entropy on integer, one-hot or mixed labels: smoothed, and with weights of the classes."""

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable("keras_tl")
class SmoothedCrossentropy(keras.losses.Loss):
    r"""Cross-entropy with label smoothing, which Keras's loss for integer labels lacks.

    The target is `(1 - \epsilon) y + \epsilon / K`. Source: Szegedy et al., 2016,
    arXiv:1512.00567.

    Args:
        label_smoothing: `\epsilon`, from 0 to 1.
    """

    def __init__(self, label_smoothing: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**{"name": "crossentropy", **kwargs})
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns a loss `(batch,)`.

        Args:
            y_true: Integers `(batch,)`, or shares of the classes `(batch, classes)`.
            y_pred: Probabilities `(batch, classes)`.
        """
        if not self.label_smoothing and not are_shares(y_true, y_pred):
            labels = keras.ops.cast(keras.ops.reshape(y_true, (-1,)), "int32")
            return keras.losses.sparse_categorical_crossentropy(labels, y_pred)
        return keras.losses.categorical_crossentropy(self.targets(y_true, y_pred), y_pred)

    def targets(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the smoothed shares of the classes, `(batch, classes)`."""
        classes = y_pred.shape[-1]
        smoothing = self.label_smoothing
        return (1 - smoothing) * shares(y_true, y_pred) + smoothing / classes

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "label_smoothing": self.label_smoothing}


@keras.saving.register_keras_serializable("keras_tl")
class WeightedCrossentropy(SmoothedCrossentropy):
    r"""Cross-entropy `-\sum_c w_c t_c \log p_c` with a weight for each class.

    Unlike `class_weight` of Keras's `fit` it is right for mixed labels: each share is weighted by
    its own class.

    Args:
        class_weights: `w`, one number a class.
        label_smoothing: As in `SmoothedCrossentropy`.
    """

    def __init__(
        self, class_weights: Sequence[float], label_smoothing: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(label_smoothing, **kwargs)
        self.class_weights = [float(weight) for weight in class_weights]

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns a loss `(batch,)`, as `SmoothedCrossentropy`."""
        weights = keras.ops.convert_to_tensor(self.class_weights, y_pred.dtype)
        return keras.losses.categorical_crossentropy(weights * self.targets(y_true, y_pred), y_pred)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "class_weights": self.class_weights}


@keras.saving.register_keras_serializable("keras_tl")
class WeightedBinaryCrossentropy(keras.losses.Loss):
    """Cross-entropy of each label where several may hold, rarer answers weighing more.

    Args:
        positive: Weight of each label where it holds, one number a class.
        negative: Weight of each label where it does not.
        label_smoothing: Share of each target that goes to 1/2.
    """

    def __init__(
        self,
        positive: Sequence[float],
        negative: Sequence[float],
        label_smoothing: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"name": "crossentropy", **kwargs})
        self.positive = [float(weight) for weight in positive]
        self.negative = [float(weight) for weight in negative]
        self.label_smoothing = label_smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns a loss `(batch,)` for labels and probabilities `(batch, classes)`."""
        labels = keras.ops.cast(y_true, y_pred.dtype)
        targets = (1 - self.label_smoothing) * labels + self.label_smoothing / 2
        epsilon = keras.backend.epsilon()
        found = keras.ops.clip(y_pred, epsilon, 1 - epsilon)
        positive = keras.ops.convert_to_tensor(self.positive, y_pred.dtype)
        negative = keras.ops.convert_to_tensor(self.negative, y_pred.dtype)
        log_likelihood = positive * targets * keras.ops.log(found)
        log_likelihood += negative * (1 - targets) * keras.ops.log(1 - found)
        return -keras.ops.mean(log_likelihood, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "positive": self.positive,
            "negative": self.negative,
            "label_smoothing": self.label_smoothing,
        }


def are_shares(y_true: Any, y_pred: Any) -> bool:
    """Tells whether labels are shares of the classes and not numbers of classes."""
    return len(y_true.shape) == len(y_pred.shape) and y_true.shape[-1] == y_pred.shape[-1] > 1


def shares(y_true: Any, y_pred: Any) -> Any:
    """Returns labels as shares of the classes, `(batch, classes)`."""
    if are_shares(y_true, y_pred):
        return keras.ops.cast(y_true, y_pred.dtype)
    numbers = keras.ops.cast(keras.ops.reshape(y_true, (-1,)), "int32")
    return keras.ops.one_hot(numbers, y_pred.shape[-1], dtype=y_pred.dtype)
