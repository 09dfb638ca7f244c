"""Grad-CAM: feature maps weighted by the mean gradient of a logit."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_tl.evaluation.explaining.opened_model import OpenedModel


@dataclass(frozen=True)
class GradCAM:
    r"""`relu(\sum_k w_k A^k)` with `w_k` the mean over places of `\partial y_c / \partial A^k`.

    Under a global average pooling and a linear head that is the class activation map of Zhou et
    al., 2015, arXiv:1512.04150, divided by the number of places. A head that reads the map place by
    place, as after flattening, is blurred by the mean: HiResCAM is exact there.

    Source: Selvaraju et al., 2016, arXiv:1610.02391.
    """

    source: ClassVar[str] = "Selvaraju et al., 2016, arXiv:1610.02391"
    reads_map: ClassVar[bool] = True
    is_slow: ClassVar[bool] = False

    def __call__(self, model: OpenedModel, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Explains a batch."""
        features, gradient = model.map_and_gradient(images, classes)
        weights = gradient.mean(axis=(1, 2))
        return np.maximum(np.einsum("nijk,nk->nij", features, weights), 0.0)
