"""The proof of an export: the same answers from a fresh process that has TensorFlow only."""

import dataclasses
import os
from pathlib import Path

import keras
import numpy as np
from sklearn.metrics import accuracy_score

from keras_tl.foundation.checks import in_range
from keras_tl.models.card import class_names, is_multi_label
from keras_tl.serving.agreement import TOLERANCE as TOLERANCE
from keras_tl.serving.agreement import ExportError as ExportError
from keras_tl.serving.agreement import tolerance_for
from keras_tl.serving.card_file import read_card
from keras_tl.serving.gate import labels_in, pass_gate
from keras_tl.serving.measure import measurement
from keras_tl.serving.proof_images import LIMIT as LIMIT
from keras_tl.serving.proof_images import VerifyOn as VerifyOn
from keras_tl.serving.proof_images import encoded_images as encoded_images
from keras_tl.serving.proof_images import true_labels
from keras_tl.serving.reference import BATCH_SIZE, as_taken_by
from keras_tl.serving.served import serve
from keras_tl.serving.verification import Verification as Verification
from keras_tl.serving.versions import served_version


def verify_export(
    path: str | os.PathLike[str],
    model: keras.Model,
    verify_on: VerifyOn,
    *,
    tolerance: float | None = None,
    limit: int = LIMIT,
    accuracy_at_least: float | None = None,
    measure: bool = False,
) -> Verification:
    """Compares a SavedModel with the model it was made from, on encoded images.

    The export is loaded in a fresh process in which `keras` and `keras_tl` cannot be imported. It
    must give the labels and probabilities of the model, the same for a picture alone and in a
    batch of others, the same when asked again, and do with bad bytes what its card says.

    Args:
        path: Directory of the SavedModel, or of its versions, of which the largest is taken.
        model: The classifier.
        verify_on: A split (of `Data`, the test split), or paths of pictures.
        tolerance: Largest difference allowed between two probabilities; by default `1e-4`, for
            mixed float16 `5e-3`, for mixed bfloat16 `5e-2`.
        limit: Number of images at most.
        accuracy_at_least: Share of right labels below which the export is refused; it needs a
            split with the classes of the model.
        measure: Whether to measure size and speed, some seconds more.

    Returns:
        What was compared, tried and measured; as text, a table.

    Raises:
        ExportError: If the export cannot be loaded, gives other labels or probabilities than the
            model or than itself, or is less accurate than asked for.
        ValueError: If no picture can be read, or an accuracy is asked for without labels.
    """
    labels = true_labels(verify_on, class_names(model), limit)
    _check_accuracy(accuracy_at_least, labels)
    images = encoded_images(verify_on, limit)
    proof = verify_on_images(
        served_version(Path(path)), model, images, tolerance, labels=labels, measure=measure
    )
    _require_accuracy(proof, accuracy_at_least)
    return proof


def verify_on_images(
    path: str | os.PathLike[str],
    model: keras.Model,
    images: list[bytes],
    tolerance: float | None = None,
    *,
    labels: np.ndarray | None = None,
    measure: bool = False,
) -> Verification:
    """Does what `verify_export` does, on encoded images that were read before, and their labels."""
    export = Path(path)
    served = serve(export, images, measure=measure)
    proof = pass_gate(
        served,
        probabilities_of(model, images),
        model,
        tolerance=tolerance_for(model) if tolerance is None else tolerance,
        bad_images=read_card(export).get("bad_images", "raise"),
    )
    found = labels_in(served["all"], model)
    return dataclasses.replace(
        proof,
        accuracy=None if labels is None else _accuracy(found, labels, model),
        measurement=measurement(export, served["measured"]) if measure else None,
    )


def probabilities_of(model: keras.Model, images: list[bytes]) -> np.ndarray:
    """Returns what the model says of encoded images, `(images, classes)`."""
    pictures = as_taken_by(model, images)
    starts = range(0, len(images), BATCH_SIZE)
    batches = (range(start, min(start + BATCH_SIZE, len(images))) for start in starts)
    return np.concatenate([model.predict_on_batch(pictures.read(batch)) for batch in batches])


def _accuracy(found: np.ndarray, labels: np.ndarray, model: keras.Model) -> float:
    if is_multi_label(model):
        return float(accuracy_score(labels >= 0.5, found))
    return float(accuracy_score(np.array(class_names(model))[labels], found))


def _check_accuracy(least: float | None, labels: np.ndarray | None) -> None:
    if least is None:
        return
    in_range("accuracy_at_least", least, 0.0, 1.0)
    if labels is None:
        raise ValueError(
            "`accuracy_at_least` needs `verify_on` to be a split with the classes of the model. "
            f"Received: accuracy_at_least={least}, and no such labels."
        )


def _require_accuracy(proof: Verification, least: float | None) -> None:
    if least is not None and proof.accuracy is not None and proof.accuracy < least:
        raise ExportError(
            f"The export is right on {proof.accuracy:.1%} of {proof.examples} pictures, less than "
            f"the {least:.1%} asked for."
        )
