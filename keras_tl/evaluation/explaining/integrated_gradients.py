"""Integrated gradients: what each pixel adds to a logit on the way from black to the picture."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_tl.evaluation.explaining.opened_model import OpenedModel
from keras_tl.foundation.checks import at_least, in_range

SHOWN = 0.99


@dataclass(frozen=True)
class IntegratedGradients:
    r"""`(x - x') \odot \int_0^1 \partial y_c / \partial x (x' + t (x - x')) dt`, `x'` a flat image.

    The map is the sum over colours, where it is positive; the hundredth of its pixels that is
    strongest is cut to one value, since else a single pixel leaves the others dark.

    Source: Sundararajan et al., 2017, arXiv:1703.01365.

    Args:
        steps: Points at which the integral is sampled, in the middles of as many intervals.
        baseline: Level of `x'` in 0..255; 0 is black.
    """

    steps: int = 64
    baseline: float = 0.0

    source: ClassVar[str] = "Sundararajan et al., 2017, arXiv:1703.01365"
    reads_map: ClassVar[bool] = False
    is_slow: ClassVar[bool] = True

    def __post_init__(self) -> None:
        at_least("steps", self.steps, 1)
        in_range("baseline", self.baseline, 0.0, 255.0)

    def __call__(self, model: OpenedModel, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Explains a batch, image by image."""
        found = self.attributions(model, images, classes).sum(axis=-1)
        return np.stack([_without_extremes(np.maximum(one, 0.0)) for one in found])

    def attributions(
        self, model: OpenedModel, images: np.ndarray, classes: np.ndarray
    ) -> np.ndarray:
        """Returns what each value of the images adds to the logit, `(images, height, width, 3)`.

        Their sum is the logit of the picture less that of the baseline.
        """
        pairs = zip(images, classes, strict=True)
        return np.stack([self._one(model, image, explained) for image, explained in pairs])

    def _one(self, model: OpenedModel, image: np.ndarray, explained: int) -> np.ndarray:
        way = image - np.float32(self.baseline)
        times = ((np.arange(self.steps) + 0.5) / self.steps).astype("float32")
        total = np.zeros_like(way)
        for first in range(0, self.steps, model.batch_size):
            part = times[first : first + model.batch_size, None, None, None]
            points = np.float32(self.baseline) + part * way
            total += model.pixel_gradient(points, np.full(len(part), explained)).sum(axis=0)
        return way * total / self.steps


def _without_extremes(positive: np.ndarray) -> np.ndarray:
    speaking = positive[positive > 0]
    return np.minimum(positive, np.quantile(speaking, SHOWN)) if speaking.size else positive
