"""What every augmentation is: views of pictures that follow from numbers alone."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np


class Augmenter(Protocol):
    """Gives pictures in other views, for training only.

    A view follows from the seed, the number of the view, the picture and the picture's number,
    whatever else is in the batch and whichever thread comes first.
    """

    @property
    def flip(self) -> bool:
        """Whether pictures may be mirrored."""

    @property
    def seed(self) -> int:
        """Seed of all draws."""

    def __call__(
        self, images: np.ndarray, numbers: Sequence[int] | np.ndarray, view: int
    ) -> np.ndarray:
        """Returns pictures in a view.

        Args:
            images: Float32 `(batch, height, width, 3)` in 0..255; they are left as they are.
            numbers: `(batch,)` the number of each picture in its data set.
            view: 0 is the picture as it is, unchanged; each other number is another view.

        Returns:
            Float32 `(batch, height, width, 3)` in 0..255.
        """

    def to_dict(self) -> dict[str, Any]:
        """Returns all that the pixels follow from beside the picture, its number and the view."""
