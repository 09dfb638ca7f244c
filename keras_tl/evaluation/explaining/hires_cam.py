"""HiResCAM: feature maps weighted by the gradient of a logit place by place."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from keras_tl.evaluation.explaining.opened_model import OpenedModel


@dataclass(frozen=True)
class HiResCAM:
    r"""`relu(\sum_k \partial y_c / \partial A^k \odot A^k)`.

    Under a linear head, pooled or flattened, the sum over places before the `relu` is the logit
    without its bias. Under a global average pooling it is Grad-CAM.

    Source: Draelos and Carin, 2020, arXiv:2011.08891.
    """

    source: ClassVar[str] = "Draelos and Carin, 2020, arXiv:2011.08891"
    reads_map: ClassVar[bool] = True
    is_slow: ClassVar[bool] = False

    def __call__(self, model: OpenedModel, images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        """Explains a batch."""
        features, gradient = model.map_and_gradient(images, classes)
        return np.maximum((features * gradient).sum(axis=-1), 0.0)
