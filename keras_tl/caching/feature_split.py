"""A split whose images have been computed up to a boundary already."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from keras_tl.data.split import Split


class Rows(Protocol):
    """Stored features: a row for each image, all of the first view, then all of the second."""

    def read(self, rows: np.ndarray) -> list[np.ndarray]:
        """Returns the rows asked for, in that order: one array a tensor of the boundary."""


class FeatureSplit(Split):
    """The batches of a split, in its order, with features in the place of images.

    Where a split mixes images, its features are mixed.

    Args:
        split: The split that the features were computed of.
        features: Its rows.
    """

    def __init__(self, split: Split, features: Rows) -> None:
        self._become(split)
        self.features = features

    def read(self, rows: Sequence[int] | np.ndarray, view: int | np.ndarray = 0) -> Any:
        """Returns the features of images: an array, or a tuple of two for a pair of tensors."""
        found = self.features.read(np.asarray(rows) + view * self.size)
        return found[0] if len(found) == 1 else tuple(found)
