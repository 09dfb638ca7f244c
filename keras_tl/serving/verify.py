"""The proof of an export, asked for again: the same answers from a fresh process without Keras."""

import os
from pathlib import Path

import keras

from keras_tl.foundation.checks import in_range
from keras_tl.serving.card_file import read_card
from keras_tl.serving.export_error import ExportError
from keras_tl.serving.formats import format_of
from keras_tl.serving.proving.allowance import LARGEST_DROP, allowance_for
from keras_tl.serving.proving.proof_images import LIMIT, VerifyOn
from keras_tl.serving.proving.prove import prove
from keras_tl.serving.proving.reference import Reference, reference
from keras_tl.serving.proving.verification import Verification
from keras_tl.serving.versions import served_version


def verify_export(
    path: str | os.PathLike[str],
    model: keras.Model,
    verify_on: VerifyOn,
    *,
    tolerance: float | None = None,
    largest_drop: float = LARGEST_DROP,
    limit: int = LIMIT,
    accuracy_at_least: float | None = None,
    measure: bool = False,
) -> Verification:
    """Compares an export with the model it was made from, on encoded pictures.

    The export is run in a fresh process in which `keras` and `keras_tl` cannot be imported, for
    LiteRT and ONNX neither TensorFlow. It must give the labels and probabilities of the model, the
    same for a picture alone and in a batch of others, the same when asked again, and, if it is a
    SavedModel, do with bad bytes what its card says.

    Args:
        path: Directory of a SavedModel, or of its versions, of which the largest is taken; or a
            file for LiteRT or ONNX.
        model: The classifier.
        verify_on: A split (of `Data`, the test split), or paths of pictures.
        tolerance: Largest difference allowed between two probabilities; by default that of
            `export_saved_model` (1e-4, for mixed float16 5e-3, for mixed bfloat16 5e-2),
            `export_litert` or `export_onnx`.
        largest_drop: What a quantised LiteRT file may lose, as for `export_litert`.
        limit: Number of pictures at most.
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
    export = served_version(Path(path))
    expected = reference(model, verify_on, limit)
    _check_accuracy(accuracy_at_least, expected)
    precision = read_card(export).get("precision", "float32")
    allowance = allowance_for(
        format_of(export), model, precision, tolerance=tolerance, largest_drop=largest_drop
    )
    proof = prove(export, model, expected, allowance, measure=measure)
    _require_accuracy(proof, accuracy_at_least)
    return proof


def _check_accuracy(least: float | None, expected: Reference) -> None:
    if least is None:
        return
    in_range("accuracy_at_least", least, 0.0, 1.0)
    if expected.labels is None:
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
