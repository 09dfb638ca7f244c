"""The one number by which logits are multiplied so that their probabilities mean something."""

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.metrics import log_loss

SCALE_POWERS = (-2.0, 2.0)


def calibrating_scale(logits: np.ndarray, labels: np.ndarray) -> float:
    """Returns the number from 0.01 to 100 that logits have to be multiplied with.

    It minimises the log loss of their softmax (temperature scaling: Guo et al., 2017,
    arXiv:1706.04599).

    Args:
        logits: `(images, classes)`.
        labels: `(images,)` integers; or `(images, classes)` 0/1 where several classes may hold,
            and it is the log loss of their sigmoid.
    """
    found = minimize_scalar(
        lambda power: log_loss_of(10**power * logits, labels), bounds=SCALE_POWERS, method="bounded"
    )
    return float(10**found.x)


def log_loss_of(logits: np.ndarray, labels: np.ndarray) -> float:
    """Returns the log loss of logits, whose shape and labels are those of `calibrating_scale`."""
    if labels.ndim == 2:
        return float(np.logaddexp(0.0, np.where(labels == 1, -logits, logits)).mean())
    return log_loss(labels, softmax(logits, axis=1), labels=np.arange(logits.shape[1]))
