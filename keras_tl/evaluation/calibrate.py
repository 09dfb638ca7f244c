"""Temperature scaling: one number by which probabilities come to mean what they say."""

from dataclasses import dataclass

import keras
import numpy as np

from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.evaluation.analysing.calibration import calibration
from keras_tl.evaluation.analysing.confidence import graded_decisions
from keras_tl.evaluation.metrics import log_loss, require_same_task
from keras_tl.evaluation.predict import predict_split
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.models.card import is_multi_label, probabilities_layer
from keras_tl.models.temperature import logits_model, set_temperature, temperature
from keras_tl.training.calibrating_scale import calibrating_scale


@dataclass(frozen=True)
class Calibrated:
    """What a temperature changed on the split that it was fitted on.

    Attributes:
        temperature: What logits are divided by now.
        temperature_before: What they were divided by before. A model whose temperature had to rise
            was too sure of itself.
        log_loss: Mean cross-entropy in nats, as `evaluate` measures it; never above that before.
        log_loss_before: That before.
        ece: Expected calibration error in 15 bins.
        ece_before: That before.
        examples: Number of images.
    """

    temperature: float
    temperature_before: float
    log_loss: float
    log_loss_before: float
    ece: float
    ece_before: float
    examples: int

    def __str__(self) -> str:
        return (
            f"Temperature {self.temperature_before:.3g} -> {self.temperature:.3g}; on "
            f"{self.examples} images log loss {self.log_loss_before:.4f} -> {self.log_loss:.4f}, "
            f"calibration error {self.ece_before:.4f} -> {self.ece:.4f}. No label has changed."
        )


def calibrate(model: keras.Model, data: Data | Split) -> Calibrated:
    """Fits a temperature and stores it in the model, in place.

    The logits are divided by the one number from 0.01 to 100 with the least log loss, if that is
    less than it was. Labels stay as they are. The temperature is a part of the model from then on:
    of its `.keras` file, once `model.save` has written it, of its exports, and of `predict`.

    Source: Guo et al., 2017, arXiv:1706.04599.

    Args:
        model: Classifier from `build_classifier`, trained.
        data: A split that the model was not trained on; of `Data`, its validation split.

    Returns:
        The temperature, and what it changed on that split.

    Raises:
        ValueError: If the split is empty or does not belong to the model; or if the model is right
            in all of it, so that the log loss falls without end as the temperature does.
    """
    split = data.validation if isinstance(data, Data) else data
    require_same_task(model, split)
    logits = predict_split(logits_model(model), split)
    before = _at(temperature(model), model, logits, split)
    _require_mistakes(before)
    found = _at(1.0 / calibrating_scale(logits, split.labels), model, logits, split)
    kept = found if _is_better(found, before) else before
    set_temperature(model, kept.temperature)
    return Calibrated(
        temperature=kept.temperature,
        temperature_before=before.temperature,
        log_loss=kept.log_loss,
        log_loss_before=before.log_loss,
        ece=calibration(kept.scored).ece,
        ece_before=calibration(before.scored).ece,
        examples=split.size,
    )


@dataclass(frozen=True, eq=False)
class _AtTemperature:
    temperature: float
    scored: ScoredSplit

    @property
    def log_loss(self) -> float:
        return log_loss(self.scored.labels, self.scored.probabilities, self.scored.multi_label)


def _at(value: float, model: keras.Model, logits: np.ndarray, split: Split) -> _AtTemperature:
    """Returns what the last layer of the model makes of logits at a temperature."""
    layer = probabilities_layer(model)
    trial = type(layer).from_config({**layer.get_config(), "temperature": value})
    found = keras.ops.convert_to_numpy(trial(logits))
    scored = ScoredSplit(
        split.names(), split.labels, found, split.class_names, is_multi_label(model)
    )
    return _AtTemperature(value, scored)


def _is_better(found: _AtTemperature, before: _AtTemperature) -> bool:
    """Tells whether the log loss is less and no label another, as by two that come to be equal."""
    is_same = np.array_equal(found.scored.decided, before.scored.decided)
    return is_same and found.log_loss < before.log_loss


def _require_mistakes(before: _AtTemperature) -> None:
    _, right = graded_decisions(before.scored)
    if right.all():
        raise ValueError(
            "`data` must hold images in which the model is wrong, or no temperature is the best. "
            f"Received: {before.scored.size} images, and all are right. Pass a split with more "
            "images that it was not trained on."
        )
