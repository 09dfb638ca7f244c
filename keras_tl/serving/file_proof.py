"""The proof of an exported file: the same answers from its runtime alone, in a fresh process."""

import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from keras_tl.models.card import class_names, is_multi_label
from keras_tl.serving.agreement import (
    ExportError,
    require_same_classes,
    require_same_labels,
    require_same_probabilities,
)
from keras_tl.serving.quantised import require_small_drop
from keras_tl.serving.reference import Reference

INVARIANCE = 1e-4
_SCRIPT = Path(__file__).with_name("fresh_runtime.py")


@dataclass(frozen=True)
class Allowance:
    """How far a file may be from its model; one of the two, the other is None.

    Attributes:
        tolerance: Largest difference of two probabilities; no label may differ by more.
        largest_drop: For quantised files, the drop of `require_small_drop`.
    """

    tolerance: float | None = None
    largest_drop: float | None = None


def prove_file(
    runtime: str, path: Path, model: keras.Model, expected: Reference, allowance: Allowance
) -> None:
    """Runs a file in a fresh process and compares it with the model it was made from.

    Args:
        runtime: `"litert"` or `"onnx"`.
        path: The file.
        model: The classifier.
        expected: Pictures and what the model says of them.
        allowance: How far the file may be off.

    Raises:
        ExportError: If the file does not run, has other class names, answers otherwise than the
            model, or answers otherwise for a picture alone than for it among others.
    """
    served = _run(runtime, path, expected.images)
    found = served["probabilities"]
    require_same_classes(served["class_names"].tolist(), model)
    _require_batch_invariance(served["alone"], found[:1])
    if allowance.tolerance is None:
        require_small_drop(found, expected, model, allowance.largest_drop or 0.0)
    else:
        require_same_probabilities(found, expected.probabilities, allowance.tolerance)
        labels = _labels(found, model)
        require_same_labels(labels, expected.probabilities, model, allowance.tolerance)


def warn_unproven(path: Path) -> None:
    """Warns, on behalf of the caller's caller, that nothing was compared."""
    warnings.warn(f"{str(path)!r} is exported unproven: no `verify_on`.", stacklevel=3)


def _run(runtime: str, path: Path, images: np.ndarray) -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        request, response = Path(folder, "request.npy"), Path(folder, "response.npz")
        np.save(request, images)
        command = [sys.executable, "-I", str(_SCRIPT), runtime, str(path)]
        done = subprocess.run(
            [*command, str(request), str(response)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            cause = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise ExportError(f"The export cannot be run by its runtime alone:\n{cause}")
        with np.load(response) as packed:
            return dict(packed)


def _require_batch_invariance(alone: np.ndarray, among_others: np.ndarray) -> None:
    difference = float(np.abs(alone - among_others).max())
    if not difference <= INVARIANCE:
        raise ExportError(
            f"The export gives a picture alone other probabilities than among others: they differ "
            f"by {difference:.3g} (allowed {INVARIANCE:g})."
        )


def _labels(probabilities: np.ndarray, model: keras.Model) -> np.ndarray:
    """Returns labels as `require_same_labels` takes them."""
    if is_multi_label(model):
        return probabilities >= 0.5
    return np.array(class_names(model))[probabilities.argmax(axis=1)]
