"""Temperature scaling: one number by which probabilities come to mean what they say."""

from dataclasses import dataclass

import keras

from keras_tl.data.dataset import Data
from keras_tl.data.split import Split


@dataclass(frozen=True)
class Calibrated:
    """What a temperature changed on the split that it was fitted on.

    Attributes:
        temperature: What the logits are divided by now; above 1 the model was too sure of itself.
        log_loss_before: Mean cross-entropy in nats, as `evaluate` measures it, before.
        log_loss: The same after; never larger.
        ece_before: Expected calibration error before, as `calibration` measures it.
        ece: The same after.
        examples: Number of images.
    """

    temperature: float
    log_loss_before: float
    log_loss: float
    ece_before: float
    ece: float
    examples: int


def calibrate(model: keras.Model, data: Data | Split) -> Calibrated:
    """Fits a temperature and stores it in the model, in place.

    The logits are divided by the one number from 0.01 to 100 with the least log loss. No label
    changes. The temperature is a part of the model from then on: of its `.keras` file, its exports
    and of `predict`; `model.save` writes it.

    Source: Guo et al., 2017, arXiv:1706.04599.

    Args:
        model: Classifier from `build_classifier`, trained.
        data: A split that the model was not trained on; of `Data`, its validation split.

    Returns:
        The temperature, and what it changed on that split.

    Raises:
        ValueError: If the split is empty, or does not belong to the model.
    """
    raise NotImplementedError
