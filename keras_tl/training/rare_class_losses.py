"""Losses for unbalanced classes that need no weights: logit adjustment and focal loss."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_tl.training.crossentropy import SmoothedCrossentropy

FOCUSING = 2.0


@keras.saving.register_keras_serializable("keras_tl")
class LogitAdjustedCrossentropy(SmoothedCrossentropy):
    r"""Cross-entropy of `softmax(f + \tau \log \pi)`, so that `f` itself is fair to rare classes.

    What the shares of the classes explain need not be learnt by the logits `f`, which in the end
    rank classes as if all were equally frequent. Source: Menon et al., 2021, arXiv:2007.07314.

    Args:
        priors: `\pi`, the share of each class in training.
        strength: `\tau`.
        label_smoothing: As in `SmoothedCrossentropy`.
    """

    def __init__(
        self,
        priors: Sequence[float],
        strength: float = 1.0,
        label_smoothing: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(label_smoothing, **kwargs)
        self.priors = [float(share) for share in priors]
        self.strength = strength

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns a loss `(batch,)`, as `SmoothedCrossentropy`."""
        adjusted = y_pred * _powers(self.priors, self.strength, y_pred)
        return super().call(y_true, adjusted / keras.ops.sum(adjusted, axis=-1, keepdims=True))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "priors": self.priors, "strength": self.strength}


@keras.saving.register_keras_serializable("keras_tl")
class LogitAdjustedBinaryCrossentropy(keras.losses.BinaryCrossentropy):
    r"""The same for several labels: each against its absence, `\pi` the share of images with it.

    Args:
        priors: `\pi`, one number a class.
        strength: `\tau`.
        label_smoothing: Share of each target that goes to 1/2.
    """

    def __init__(
        self,
        priors: Sequence[float],
        strength: float = 1.0,
        label_smoothing: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"label_smoothing": label_smoothing, "name": "crossentropy", **kwargs})
        self.priors = [float(share) for share in priors]
        self.strength = strength

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns a loss `(batch,)` for labels and probabilities `(batch, classes)`."""
        holds = y_pred * _powers(self.priors, self.strength, y_pred)
        absent = [1 - share for share in self.priors]
        does_not = (1 - y_pred) * _powers(absent, self.strength, y_pred)
        return super().call(y_true, holds / (holds + does_not))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        config = keras.losses.Loss.get_config(self)
        return {
            **config,
            "priors": self.priors,
            "strength": self.strength,
            "label_smoothing": self.label_smoothing,
        }


@keras.saving.register_keras_serializable("keras_tl")
class FocalCrossentropy(SmoothedCrossentropy):
    r"""Keras's focal loss `-\sum_c (1 - p_c)^\gamma t_c \log p_c`, on any labels.

    Images that are right already count little. With `\gamma` of 0 it is cross-entropy. Source: Lin
    et al., 2017, arXiv:1708.02002, whose factor for foreground is left out.

    Args:
        focusing: `\gamma`.
        label_smoothing: As in `SmoothedCrossentropy`.
    """

    def __init__(
        self, focusing: float = FOCUSING, label_smoothing: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(label_smoothing, **kwargs)
        self.focusing = focusing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns a loss `(batch,)`, as `SmoothedCrossentropy`."""
        return keras.losses.categorical_focal_crossentropy(
            self.targets(y_true, y_pred), y_pred, alpha=1.0, gamma=self.focusing
        )

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "focusing": self.focusing}


def _powers(shares: Sequence[float], strength: float, like: Any) -> Any:
    return keras.ops.convert_to_tensor([share**strength for share in shares], like.dtype)
