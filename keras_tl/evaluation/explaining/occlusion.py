"""Occlusion: how far a logit falls when a grey square covers a part of the picture."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np

from keras_tl.evaluation.explaining.opened_model import OpenedModel
from keras_tl.foundation.checks import at_least, in_range

Place = tuple[slice, slice]

PATCHES_A_SIDE = 7


@dataclass(frozen=True)
class Occlusion:
    """The fall of the logit at each pixel: the mean over the squares that cover it, if positive.

    Needs no gradients, and a pass a square.

    Source: Zeiler and Fergus, 2013, arXiv:1311.2901.

    Args:
        patch: Side of the square in pixels; None is a seventh of the shorter side of the image.
        stride: Pixels from one square to the next; None is half a square.
        level: Grey of the square, in 0..255.
    """

    patch: int | None = None
    stride: int | None = None
    level: float = 127.5

    source: ClassVar[str] = "Zeiler and Fergus, 2013, arXiv:1311.2901"
    reads_map: ClassVar[bool] = False
    is_slow: ClassVar[bool] = True

    def __post_init__(self) -> None:
        in_range("level", self.level, 0.0, 255.0)
        for name in ("patch", "stride"):
            if getattr(self, name) is not None:
                at_least(name, getattr(self, name), 1)

    def __call__(self, model: OpenedModel, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Explains a batch, image by image."""
        pairs = zip(images, classes, strict=True)
        return np.stack([self._one(model, image, explained) for image, explained in pairs])

    def _one(self, model: OpenedModel, image: np.ndarray, explained: int) -> np.ndarray:
        places = self._places(*image.shape[:2])
        whole, *covered = model.logits(self._pictures(image, places))[:, explained]
        fall, squares = np.zeros((2, *image.shape[:2]), "float32")
        for place, logit in zip(places, covered, strict=True):
            fall[place] += whole - logit
            squares[place] += 1
        return np.maximum(fall / np.maximum(squares, 1), 0.0)

    def _pictures(self, image: np.ndarray, places: list[Place]) -> Iterator[np.ndarray]:
        """Yields the picture, and the picture with each place covered."""
        yield image
        for place in places:
            covered = image.copy()
            covered[place] = self.level
            yield covered

    def _places(self, height: int, width: int) -> list[Place]:
        """Returns where squares lie; the last ones in a row or column end at the border."""
        patch = self.patch or max(1, min(height, width) // PATCHES_A_SIDE)
        stride = self.stride or max(1, patch // 2)
        tops, lefts = (
            sorted({*range(0, max(side - patch, 0), stride), max(side - patch, 0)})
            for side in (height, width)
        )
        return [
            (slice(top, top + patch), slice(left, left + patch))
            for top, left in product(tops, lefts)
        ]
