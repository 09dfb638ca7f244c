"""Score-CAM: feature maps weighted by what the model says of the picture seen through each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_tl.evaluation.explaining.opened_model import OpenedModel
from keras_tl.evaluation.explaining.scaling import enlarged, scaled


@dataclass(frozen=True)
class ScoreCAM:
    r"""`relu(\sum_k \alpha_k A^k)`, `\alpha` the softmax over channels of what each is worth.

    A channel is worth the logit of the class for the picture times the channel, enlarged to the
    picture and scaled to 0..1. The logit of a baseline, which the paper subtracts, is the same for
    all channels and falls out of the softmax. Needs no gradients, and a pass a channel.

    Source: Wang et al., 2019, arXiv:1910.01279.
    """

    source: ClassVar[str] = "Wang et al., 2019, arXiv:1910.01279"
    reads_map: ClassVar[bool] = True
    is_slow: ClassVar[bool] = True

    def __call__(self, model: OpenedModel, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Explains a batch, image by image."""
        features = model.features(images)[-1].astype("float32")
        triples = zip(images, features, classes, strict=True)
        return np.stack([self._one(model, *triple) for triple in triples])

    def _one(
        self, model: OpenedModel, image: np.ndarray, features: np.ndarray, explained: int
    ) -> np.ndarray:
        logits = model.logits(_seen_through(image, features))[:, explained]
        weights = np.exp(logits - logits.max())
        return np.maximum(features @ (weights / weights.sum()), 0.0)


def _seen_through(image: np.ndarray, features: np.ndarray) -> Iterator[np.ndarray]:
    """Yields the picture times each channel; a channel that is the same everywhere shows none."""
    for channel in np.moveaxis(features, -1, 0):
        mask = enlarged(channel[None], image.shape[:2])
        (mask,), _ = scaled(mask - mask.min())
        yield image * mask[..., None]
