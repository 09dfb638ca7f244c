"""The proof of an export: the same answers from a fresh process that has TensorFlow only."""

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from keras_tl.data.auditing.look import look_at, reasons_of
from keras_tl.data.auditing.names import shown, storable
from keras_tl.data.dataset import Data
from keras_tl.data.formats.pillow_only import kind_of
from keras_tl.data.pictures import EncodedPictures
from keras_tl.data.split import Split
from keras_tl.models.card import (
    background,
    class_names,
    input_size,
    is_multi_label,
    resize_policy,
)

TOLERANCE = 1e-4
LIMIT = 256
_SCRIPT = Path(__file__).with_name("fresh_process.py")

VerifyOn = Split | Data | Sequence[str | os.PathLike[str]]


class ExportError(RuntimeError):
    """An export does not do what the model does."""


@dataclass(frozen=True)
class Verification:
    """How an export compares with the model it was made from.

    Attributes:
        examples: Number of encoded images that both classified.
        largest_difference: Largest difference between two probabilities.
        tolerance: What was allowed.
    """

    examples: int
    largest_difference: float
    tolerance: float

    def __str__(self) -> str:
        return (
            f"same labels on {self.examples} encoded images in a fresh process without keras, "
            f"largest difference {self.largest_difference:.1e} (allowed {self.tolerance:.0e})"
        )


def verify_export(
    path: str | os.PathLike[str],
    model: keras.Model,
    verify_on: VerifyOn,
    *,
    tolerance: float = TOLERANCE,
    limit: int = LIMIT,
) -> Verification:
    """Compares a SavedModel with the model it was made from, on encoded images.

    The export is loaded in a fresh process in which `keras` and `keras_tl` cannot be imported.

    Args:
        path: Directory of the SavedModel.
        model: The classifier.
        verify_on: A split (of `Data`, the test split), or paths of pictures.
        tolerance: Largest difference allowed between two probabilities.
        limit: Number of images at most.

    Returns:
        The number of images and the largest difference.

    Raises:
        ExportError: If the export cannot be loaded, or gives other labels or probabilities.
        ValueError: If no picture can be read.
    """
    return verify_on_images(path, model, encoded_images(verify_on, limit), tolerance)


def verify_on_images(
    path: str | os.PathLike[str],
    model: keras.Model,
    images: list[bytes],
    tolerance: float = TOLERANCE,
) -> Verification:
    """Does what `verify_export` does, on encoded images that were read before."""
    served = _serve(Path(path), images)
    pictures = EncodedPictures(
        images, input_size(model), resize_policy(model), background=background(model)
    )
    expected = model.predict_on_batch(pictures.read(range(len(images))))
    _require_same_classes(served, model)
    difference = _require_same_probabilities(served, expected, tolerance)
    _require_same_labels(served, expected, model, tolerance)
    return Verification(len(images), difference, tolerance)


def encoded_images(source: VerifyOn, limit: int = LIMIT) -> list[bytes]:
    """Returns the encoded files of a split or of paths; arrays are encoded as PNG.

    Files that cannot be decoded are set aside, with a warning.

    Raises:
        ValueError: If there is none.
    """
    if isinstance(source, (Split, Data)):
        split = source.test if isinstance(source, Data) else source
        images = split.encoded(limit)
    else:
        images = _readable([Path(path) for path in source], limit)
    if not images:
        raise ValueError("`verify_on` must hold at least one readable picture. Received: none")
    return images


def _readable(paths: list[Path], limit: int) -> list[bytes]:
    """Reads the first files that can be decoded where the export is served."""
    chosen = paths[:limit]
    reasons = reasons_of(look_at(chosen)) | _not_servable(chosen)
    if reasons:
        row, reason = next(iter(reasons.items()))
        warnings.warn(
            f"{len(reasons)} of {len(chosen)} pictures of `verify_on` were set aside. First: "
            f"{shown(storable(chosen[row]))}: {reason}",
            stacklevel=3,
        )
    return [path.read_bytes() for row, path in enumerate(chosen) if row not in reasons]


def _not_servable(paths: list[Path]) -> dict[int, str]:
    kinds = {row: kind_of(path.read_bytes()) for row, path in enumerate(paths) if path.is_file()}
    return {row: f"{kind.name} is not served" for row, kind in kinds.items() if kind}


def _serve(export: Path, images: list[bytes]) -> dict[str, np.ndarray]:
    """Returns the outputs of the serving signature for `images`, from a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        request, response = Path(folder, "request.npz"), Path(folder, "response.npz")
        np.savez(
            request,
            lengths=[len(image) for image in images],
            content=np.frombuffer(b"".join(images), dtype="uint8"),
        )
        command = [sys.executable, "-I", str(_SCRIPT), str(export), str(request), str(response)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            cause = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise ExportError(f"The export cannot be served by TensorFlow alone:\n{cause}")
        with np.load(response) as packed:
            return dict(packed)


def _require_same_classes(served: dict[str, np.ndarray], model: keras.Model) -> None:
    given = served["classes"][0].tolist()
    if given != class_names(model):
        raise ExportError(
            f"The export has other class names than the model: {given}, not {class_names(model)}."
        )


def _require_same_probabilities(
    served: dict[str, np.ndarray], expected: np.ndarray, tolerance: float
) -> float:
    """Returns the largest difference; raises `ExportError` if it is above `tolerance`."""
    differences = np.abs(served["probabilities"] - expected)
    if not differences.max() <= tolerance:
        row = int(differences.max(axis=1).argmax())
        raise ExportError(
            "The export gives other probabilities than the model: they differ by "
            f"{differences.max():.3g} (allowed {tolerance:g}), most for picture {row} of "
            f"{len(expected)}."
        )
    return float(differences.max())


def _require_same_labels(
    served: dict[str, np.ndarray], expected: np.ndarray, model: keras.Model, tolerance: float
) -> None:
    """Raises `ExportError` if a label differs by more than rounding explains."""
    if is_multi_label(model):
        is_wrong = (served["selected"] != (expected >= 0.5)) & (abs(expected - 0.5) > tolerance)
    else:
        number = {name: i for i, name in enumerate(class_names(model))}
        given = expected[np.arange(len(expected)), [number[label] for label in served["label"]]]
        is_wrong = expected.max(axis=1) - given > tolerance
    if is_wrong.any():
        raise ExportError("The export gives other labels than the model.")
