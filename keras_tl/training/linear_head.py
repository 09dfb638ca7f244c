"""A linear head as arrays, before it is put into a model."""

from dataclasses import dataclass

import numpy as np
from sklearn.preprocessing import StandardScaler


@dataclass(frozen=True, eq=False)
class LinearHead:
    """Logits `x @ kernel + bias`.

    Attributes:
        kernel: `(features, classes)`.
        bias: `(classes,)`.
    """

    kernel: np.ndarray
    bias: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Returns logits `(images, classes)` for features `(images, features)`."""
        return features @ self.kernel + self.bias

    def times(self, scale: float) -> "LinearHead":
        """Returns the head whose logits are `scale` times as large."""
        return LinearHead(self.kernel * scale, self.bias * scale)

    def shifted(self, by: np.ndarray) -> "LinearHead":
        """Returns the head whose logits are larger by `(classes,)`."""
        return LinearHead(self.kernel, self.bias + by)

    def behind(self, scaler: StandardScaler) -> "LinearHead":
        """Returns the head that gives for features what this one gives for standardised ones."""
        kernel = self.kernel / scaler.scale_[:, None]
        return LinearHead(kernel, self.bias - scaler.mean_ @ kernel)
