"""What every export must pass, on the outputs that a fresh process gave."""

import keras
import numpy as np
from sklearn.metrics import accuracy_score

from keras_tl.models.card import class_names, is_multi_label
from keras_tl.models.decisions import decide
from keras_tl.serving.export_error import ExportError
from keras_tl.serving.proving.agreement import (
    require_same_classes,
    require_same_labels,
    require_same_probabilities,
)
from keras_tl.serving.proving.allowance import Allowance
from keras_tl.serving.proving.quantised import require_small_drop
from keras_tl.serving.proving.reference import Reference
from keras_tl.serving.proving.served import Outputs
from keras_tl.serving.proving.verification import Verification

_UNREADABLE = slice(1, 3)  # rows of the batch with bad bytes


def pass_gate(
    served: dict[str, Outputs],
    expected: Reference,
    model: keras.Model,
    allowance: Allowance,
    bad_images: str | None = None,
) -> Verification:
    """Compares an export with its model, and with itself.

    Args:
        served: What `served.serve` gives.
        expected: What the model says of the same pictures.
        model: The classifier.
        allowance: How far the export may be off.
        bad_images: What bad bytes must do: `"nan"` or `"raise"`; None for an export that takes
            decoded images.

    Raises:
        ExportError: If anything differs; it says what.
    """
    probabilities, labels = served["all"]["probabilities"], labels_in(served["all"], model)
    allowed = allowance.to_itself
    require_same_classes(served["all"]["classes"][0].tolist(), model)
    drop = _require_model(probabilities, labels, expected, model, allowance)
    alone = _require_itself(
        served["alone"], probabilities, allowed, "alone as in a batch of others"
    )
    again = _require_itself(served["again"], probabilities, allowed, "when it is asked again")
    if bad_images is not None:
        _require_bad_rows(served, allowed, bad_images)
    decided = decide(expected.probabilities, multi_label=is_multi_label(model))
    ours = _as_served(decided, model)
    return Verification(
        examples=len(probabilities),
        label_agreement=float(np.mean(labels == ours)),
        largest_difference=float(np.abs(probabilities - expected.probabilities).max()),
        batch_difference=alone,
        repeat_difference=again,
        tolerance=allowance.tolerance,
        to_itself=allowed,
        drop=drop,
        largest_drop=allowance.largest_drop,
        bad_images=bad_images,
        accuracy=_accuracy(labels, expected.labels, model),
        model_accuracy=_accuracy(ours, expected.labels, model),
    )


def labels_in(outputs: Outputs, model: keras.Model) -> np.ndarray:
    """Returns the labels `(batch,)`, or which classes are selected `(batch, classes)`."""
    return outputs["selected" if is_multi_label(model) else "label"]


def _as_served(decided: np.ndarray, model: keras.Model) -> np.ndarray:
    """Returns decisions, or labels of pictures, in the form of `labels_in`."""
    return decided == 1 if is_multi_label(model) else np.array(class_names(model))[decided]


def _require_model(
    probabilities: np.ndarray,
    labels: np.ndarray,
    expected: Reference,
    model: keras.Model,
    allowance: Allowance,
) -> float | None:
    """Raises `ExportError` unless the export is near enough; returns the drop if quantised."""
    if allowance.tolerance is None:
        return require_small_drop(probabilities, expected, model, allowance.largest_drop or 0.0)
    require_same_probabilities(probabilities, expected.probabilities, allowance.tolerance)
    require_same_labels(labels, expected.probabilities, model, allowance.tolerance)
    return None


def _accuracy(labels: np.ndarray, truth: np.ndarray | None, model: keras.Model) -> float | None:
    return None if truth is None else float(accuracy_score(_as_served(truth, model), labels))


def _require_itself(
    outputs: Outputs, probabilities: np.ndarray, tolerance: float, when: str
) -> float:
    given = outputs["probabilities"]
    difference = np.abs(given - probabilities[: len(given)]).max()
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
