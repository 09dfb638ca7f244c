"""What every method of explaining is: the contract of a row of the table."""

from typing import ClassVar, Protocol

import numpy as np

from keras_tl.evaluation.explaining.opened_model import OpenedModel


class Method(Protocol):
    """Measures what in a picture speaks for a class.

    Attributes:
        source: Where it was published.
        reads_map: Whether it looks at a feature map, so that a boundary can be chosen.
        is_slow: Whether it runs the model many times a picture, and so takes one at a time.
    """

    source: ClassVar[str]
    reads_map: ClassVar[bool]
    is_slow: ClassVar[bool]

    def __call__(self, model: OpenedModel, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Returns how much each place speaks for a class.

        Args:
            model: The classifier.
            images: `(images, height, width, 3)` in 0..255, at the size of the model.
            classes: `(images,)` the class to explain in each.

        Returns:
            `(images, rows, columns)`, of any size, float32, at least 0. The scale is the
            method's own.
        """
        ...
