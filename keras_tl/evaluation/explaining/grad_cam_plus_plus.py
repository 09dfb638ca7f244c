"""Grad-CAM++: feature maps weighted by the positive gradients, each place by its own share."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_tl.evaluation.explaining.opened_model import OpenedModel


@dataclass(frozen=True)
class GradCAMPlusPlus:
    r"""`relu(\sum_k w_k A^k)` with `w_k = \sum_{ij} \alpha^k_{ij} relu(g^k_{ij})`.

    `g` is the gradient of the logit `S` by the map, and
    `\alpha = g^2 / (2 g^2 + g^3 \sum_{ab} A^k_{ab})`, 0 where `g` is. Those are the derivatives of
    `exp(S)`, whose factor `exp(S)`, the same in all places, is left out. It finds several things
    of one class better, and is meant for maps without negative values.

    Source: Chattopadhyay et al., 2017, arXiv:1710.11063, equation 19.
    """

    source: ClassVar[str] = "Chattopadhyay et al., 2017, arXiv:1710.11063"
    reads_map: ClassVar[bool] = True
    is_slow: ClassVar[bool] = False

    def __call__(self, model: OpenedModel, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Explains a batch."""
        features, gradient = model.map_and_gradient(images, classes)
        total = features.sum(axis=(1, 2), keepdims=True)
        divisor = 2.0 + gradient * total
        share = np.divide(1.0, divisor, out=np.zeros_like(divisor), where=divisor != 0.0)
        weights = (share * np.maximum(gradient, 0.0)).sum(axis=(1, 2))
        return np.maximum(np.einsum("nijk,nk->nij", features, weights), 0.0)
