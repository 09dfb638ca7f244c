"""What every SavedModel must pass, on the outputs that a fresh process gave."""

import keras
import numpy as np

from keras_tl.models.card import is_multi_label
from keras_tl.serving.agreement import (
    ExportError,
    require_same_classes,
    require_same_labels,
    require_same_probabilities,
)
from keras_tl.serving.served import Outputs
from keras_tl.serving.verification import Verification

_UNREADABLE = slice(1, 3)  # rows of the batch with bad bytes


def pass_gate(
    served: dict[str, Outputs],
    expected: np.ndarray,
    model: keras.Model,
    *,
    tolerance: float,
    bad_images: str,
) -> Verification:
    """Compares an export with its model, and with itself.

    Args:
        served: What `served.serve` gives.
        expected: Probabilities of the model, `(images, classes)`.
        model: The classifier.
        tolerance: Largest difference allowed between two probabilities.
        bad_images: What bad bytes must do: `"nan"` or `"raise"`.

    Raises:
        ExportError: If anything differs; it says what.
    """
    found, found_labels = served["all"]["probabilities"], labels_in(served["all"], model)
    require_same_classes(served["all"]["classes"][0].tolist(), model)
    difference = require_same_probabilities(found, expected, tolerance)
    require_same_labels(found_labels, expected, model, tolerance)
    alone = _require_itself(served["alone"], found, tolerance, "alone as in a batch of others")
    again = _require_itself(served["again"], found, tolerance, "when it is asked again")
    _require_bad_rows(served, tolerance, bad_images)
    agreement = float(np.mean(found_labels == _labels_of(expected, served["all"], model)))
    return Verification(len(expected), agreement, difference, alone, again, tolerance, bad_images)


def labels_in(outputs: Outputs, model: keras.Model) -> np.ndarray:
    """Returns the labels `(batch,)`, or which classes are selected `(batch, classes)`."""
    return outputs["selected" if is_multi_label(model) else "label"]


def _labels_of(expected: np.ndarray, outputs: Outputs, model: keras.Model) -> np.ndarray:
    if is_multi_label(model):
        return expected >= 0.5
    return outputs["classes"][0][expected.argmax(axis=1)]


def _require_itself(outputs: Outputs, found: np.ndarray, tolerance: float, when: str) -> float:
    given = outputs["probabilities"]
    difference = np.abs(given - found[: len(given)]).max()
    if not difference <= tolerance:
        raise ExportError(
            f"The export does not give the same answer {when}: probabilities differ by "
            f"{difference:.3g} (allowed {tolerance:g})."
        )
    return float(difference)


def _require_bad_rows(served: dict[str, Outputs], tolerance: float, bad_images: str) -> None:
    """Raises `ExportError` unless bad bytes cost what `bad_images` says, and no more."""
    outputs = served["bad"]
    if bad_images == "raise" or "error" in outputs:
        if bad_images != "raise" or "error" not in outputs:
            raise ExportError(
                f"Bytes that are no picture should do {bad_images!r}. Found: "
                f"{outputs.get('error', 'an answer')}."
            )
        return
    given, right = outputs["probabilities"], served["all"]["probabilities"][[0, -1]]
    is_same = np.abs(given[[0, -1]] - right).max() <= tolerance
    if not (is_same and np.isnan(given[_UNREADABLE]).all() and _says_nothing(outputs)):
        raise ExportError("Bytes that are no picture cost more, or less, than their own row.")


def _says_nothing(outputs: Outputs) -> bool:
    """Tells whether no bad row has a label, a score or a selection."""
    if "selected" in outputs:
        return not outputs["selected"][_UNREADABLE].any()
    is_empty = (outputs["label"][_UNREADABLE] == "").all()
    return bool(is_empty and np.isnan(outputs["score"][_UNREADABLE]).all())
