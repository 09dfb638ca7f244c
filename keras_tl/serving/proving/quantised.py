"""What quantisation may cost: not digits of a probability, but pictures that get a wrong label."""

import keras
import numpy as np

from keras_tl.models.card import is_multi_label
from keras_tl.models.decisions import decide
from keras_tl.serving.export_error import ExportError
from keras_tl.serving.proving.reference import Reference

_ROUNDING = 1e-9


def require_small_drop(
    probabilities: np.ndarray, expected: Reference, model: keras.Model, largest_drop: float
) -> float:
    """Compares the labels of a quantised export with the truth, or with those of the model.

    Args:
        probabilities: Of the export, `(images, classes)`.
        expected: What the model says. If it holds the true labels, the drop is the model's
            accuracy minus the export's; if not, the share of pictures that get another label.
        model: The classifier.
        largest_drop: The drop that is allowed, in 0..1.

    Returns:
        The drop.

    Raises:
        ExportError: If it is above `largest_drop`, or a probability is not a number.
    """
    if not np.isfinite(probabilities).all():
        raise ExportError("The export gives probabilities that are not numbers.")
    multi_label = is_multi_label(model)
    given = decide(probabilities, multi_label=multi_label)
    ours = decide(expected.probabilities, multi_label=multi_label)
    truth = ours if expected.labels is None else expected.labels
    drop = float(np.mean(ours == truth) - np.mean(given == truth))
    if drop > largest_drop + _ROUNDING:
        raise ExportError(_message(drop, largest_drop, expected))
    return drop


def _message(drop: float, largest_drop: float, expected: Reference) -> str:
    what = "other labels than the model for" if expected.labels is None else "fewer right labels by"
    number = len(expected.probabilities)
    return (
        f"The quantised export gives {what} {drop:.1%} of {number} pictures (allowed "
        f"{largest_drop:.1%}). Use a finer `precision`, give more `representative` pictures, or "
        "allow more by `largest_drop`."
    )
