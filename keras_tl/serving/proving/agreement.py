"""What "the same answers" means: class names, probabilities and labels of model and export."""

import keras
import numpy as np

from keras_tl.models.card import class_names, is_multi_label
from keras_tl.models.decisions import THRESHOLD, decide
from keras_tl.serving.export_error import ExportError


def require_same_classes(served_names: list[str], model: keras.Model) -> None:
    """Raises `ExportError` unless the export names the classes of the model in their order."""
    if served_names != class_names(model):
        raise ExportError(
            "The export has other class names than the model: "
            f"{served_names}, not {class_names(model)}."
        )


def require_same_probabilities(
    probabilities: np.ndarray, expected: np.ndarray, tolerance: float
) -> float:
    """Compares probabilities of the export with those of the model, both `(batch, classes)`.

    Returns:
        The largest difference.

    Raises:
        ExportError: If it is above `tolerance`, or not a number.
    """
    differences = np.abs(probabilities - expected)
    if not differences.max() <= tolerance:
        row = int(differences.max(axis=1).argmax())
        raise ExportError(
            "The export gives other probabilities than the model: they differ by "
            f"{differences.max():.3g} (allowed {tolerance:g}), most for picture {row} of "
            f"{len(expected)}."
        )
    return float(differences.max())


def require_same_labels(
    labels: np.ndarray, expected: np.ndarray, model: keras.Model, tolerance: float
) -> None:
    """Raises `ExportError` if a label differs by more than rounding explains.

    Args:
        labels: Of the export, `(batch,)` class names; where several classes may hold, which are
            selected, `(batch, classes)` of bool.
        expected: Probabilities of the model, `(batch, classes)`.
        model: The classifier.
        tolerance: Difference of two probabilities that counts as rounding.
    """
    if is_multi_label(model):
        is_other = labels != decide(expected, multi_label=True)
        is_wrong = is_other & (abs(expected - THRESHOLD) > tolerance)
    else:
        number = {name: i for i, name in enumerate(class_names(model))}
        given = expected[np.arange(len(expected)), [number[label] for label in labels]]
        is_wrong = expected.max(axis=1) - given > tolerance
    if is_wrong.any():
        raise ExportError("The export gives other labels than the model.")
