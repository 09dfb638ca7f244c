"""Whether the probabilities mean what they say, and what a temperature would make of them."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit, softmax

from keras_tl.evaluation.analysing.calibration import Bin, calibration
from keras_tl.evaluation.reporting.figures.reliability_diagram import reliability_diagram
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.models.temperature import temperature
from keras_tl.training.calibrating_scale import calibrating_scale

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST = 1e-12


@dataclass(frozen=True)
class Offer:
    """A temperature that fits the validation split better, and what it would do on the test split.

    Attributes:
        temperature: What logits would be divided by.
        ece: The expected calibration error that would be left.
        brier: The Brier score that would be left.
    """

    temperature: float
    ece: float
    brier: float


@dataclass(frozen=True)
class Reliability:
    """Calibration on the test split.

    Attributes:
        ece: Expected calibration error, in 15 bins.
        brier: Brier score.
        predictions: Number of predictions.
        bins: The bins of the reliability diagram.
        temperature: What logits are divided by now; 1 unless the model has been calibrated.
        offer: What a better temperature would do; None if there is none.
        no_offer: Why there is none; empty if there is one.
    """

    ece: float
    brier: float
    predictions: int
    bins: tuple[Bin, ...]
    temperature: float
    offer: Offer | None
    no_offer: str

    def reliability_figure(self) -> "Figure":
        """Draws accuracy over confidence."""
        return reliability_diagram(self.bins, self.words)

    @property
    def words(self) -> str:
        """The diagram in words."""
        each = "; ".join(
            f"confidence {b.confidence:.0%}, right {b.accuracy:.0%}, {b.count:,} predictions"
            for b in self.bins
            if b.accuracy is not None and b.confidence is not None
        )
        return (
            f"Reliability diagram, expected calibration error {self.ece:.3f}. By bins of "
            f"confidence: {each}."
        )


def reliability(subject: Subject) -> Reliability:
    """Returns the calibration of a model, and a better temperature if there is one."""
    measured, now = calibration(subject.scored), temperature(subject.model)
    offer, reason = _offer(subject, measured.ece, now)
    return Reliability(
        ece=measured.ece,
        brier=measured.brier,
        predictions=measured.predictions,
        bins=measured.bins,
        temperature=now,
        offer=offer,
        no_offer=reason,
    )


def _offer(subject: Subject, ece: float, now: float) -> tuple[Offer | None, str]:
    """Returns what a temperature that is fitted on the validation split does on the test split."""
    validated = subject.validated
    if validated is None:
        return None, "There is no validation split to fit a temperature on."
    if validated.right.all():
        return None, (
            "The model is right on all validation images, so that no temperature can be fitted."
        )
    factor = 1.0 / calibrating_scale(_logits(validated), validated.labels)
    then = calibration(_at(factor, subject.scored))
    offer = Offer(factor * now, then.ece, then.brier)
    return (offer, "") if then.ece < ece else (None, "No temperature does better on test images.")


def _logits(scored: ScoredSplit) -> np.ndarray:
    """Returns logits that give the probabilities; of a softmax, one of many."""
    exact = np.clip(scored.probabilities.astype("float64"), LEAST, 1.0)
    return logit(np.minimum(exact, 1 - LEAST)) if scored.multi_label else np.log(exact)


def _at(factor: float, scored: ScoredSplit) -> ScoredSplit:
    """Returns what would be said at so many times the temperature."""
    logits = _logits(scored) / factor
    probabilities = expit(logits) if scored.multi_label else softmax(logits, axis=1)
    return replace(scored, probabilities=probabilities)
