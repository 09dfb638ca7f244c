"""A classifier opened at a feature map: what the methods of explaining ask of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import keras
import numpy as np

from keras_tl.evaluation.explaining.gradients import class_gradient
from keras_tl.evaluation.explaining.logits import logits_after
from keras_tl.evaluation.explaining.map_boundary import map_boundary
from keras_tl.structure.boundaries import Boundary, find
from keras_tl.structure.chain import chain
from keras_tl.structure.frozen_prefix import prefix


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A classifier, in inference mode, from images to a feature map and from there to logits.

    Attributes:
        model: The classifier.
        boundary: Stage or block at whose end the map is taken; None is the last before pooling.
        batch_size: Most images that the model runs on at once.
    """

    model: keras.Model
    boundary: str | None
    batch_size: int

    @cached_property
    def map_boundary(self) -> Boundary:
        """Where the feature map is taken. Of a pair of tensors the map is the last."""
        return map_boundary(self.model, self.boundary)

    def features(self, images: np.ndarray) -> list[np.ndarray]:
        """Returns what passes the boundary, for a batch: the map is the last."""
        found = prefix(self.model, [self.map_boundary]).predict_on_batch(images)
        return list(found) if isinstance(found, (list, tuple)) else [found]

    def map_and_gradient(
        self, images: np.ndarray, classes: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns the feature map of a batch, and the gradient of the logits of `classes` by it.

        Both are float32 `(images, rows, columns, channels)`.
        """
        features = self.features(images)
        to_logits = logits_after(self.model, self.map_boundary)
        return features[-1].astype("float32"), class_gradient(to_logits, features, classes)

    def pixel_gradient(self, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Returns the gradient of the logits of `classes` by the images of a batch."""
        return class_gradient(self._whole, [images], classes)

    def logits(self, images: Iterable[np.ndarray]) -> np.ndarray:
        """Returns the logits `(images, classes)`; the images may be made one by one."""
        batches = _batches(images, self.batch_size)
        return np.concatenate([self._whole.predict_on_batch(batch) for batch in batches])

    @cached_property
    def _whole(self) -> keras.Model:
        """From images to logits."""
        return logits_after(self.model, find(chain(self.model, "block").model)[0])


def _batches(images: Iterable[np.ndarray], most: int) -> Iterator[np.ndarray]:
    waiting = iter(images)
    while batch := list(islice(waiting, most)):
        yield np.stack(batch)
