"""An ONNX file for the runtimes of other frameworks, proven before it is kept."""

import os
from pathlib import Path
from typing import Any

import keras

from keras_tl.foundation.files import replacing
from keras_tl.serving.agreement import ExportError
from keras_tl.serving.exportable import require_exportable, require_supported
from keras_tl.serving.file_proof import Allowance, prove_file, warn_unproven
from keras_tl.serving.full_precision import in_full_precision, lost_in_mixed
from keras_tl.serving.metadata import KEY, metadata
from keras_tl.serving.proof_images import VerifyOn
from keras_tl.serving.reference import reference
from keras_tl.serving.to_onnx import to_onnx
from keras_tl.serving.traced import traced

TOLERANCE = 1e-3


def export_onnx(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    verify_on: VerifyOn | None,
    tolerance: float | None = None,
) -> Path:
    """Exports a classifier as an ONNX file, and proves it.

    The file goes from `images`, float32 `(batch, height, width, 3)` of red, green and blue in
    0..255 at the model's size, to `probabilities`, `(batch, classes)`, for any batch.

    A picture gets there upright (EXIF), on the background, in RGB, brought to the size bilinearly
    with antialiasing as the resize policy says. `snippets/label_with_onnx.py` does it in ten
    lines, Pillow and the runtime alone; class names, size, policy and background are in the file,
    JSON under `keras_tl` in its metadata.

    Args:
        model: Classifier from `build_classifier`; one of mixed precision is exported in float32.
        path: File to write, ending in `.onnx`; it must not exist.
        verify_on: A split (of `Data`, the test split), or paths of pictures, on which the file
            must answer as the model does, in a fresh process that has the runtime alone. None
            exports unproven, with a warning.
        tolerance: Largest difference allowed between two probabilities; None is 1e-3; for a
            model of mixed precision, which the file is more exact than, 2e-2 (float16) or 1e-1
            (bfloat16).

    Returns:
        The file.

    Raises:
        ValueError: If an argument is not as above, or the model is not a classifier of this
            package.
        ImportError: If the extra `keras-tl[onnx]` is not installed.
        ExportError: If the model cannot be exported, or the file does not do what the model does;
            nothing is left at `path`.
        OSError: If it cannot be written; nothing is left at `path`.
    """
    path = Path(path)
    require_exportable("onnx", model, path)
    plain = in_full_precision(model)  # kept: a graph does not hold on to its variables
    graph = traced(plain)
    require_supported("onnx", graph)
    expected = None if verify_on is None else reference(model, verify_on)
    with replacing(path) as temporary:
        _write(graph, metadata(model), temporary)
        if expected is None:
            warn_unproven(path)
        else:
            usual = max(TOLERANCE, lost_in_mixed(model))
            allowance = Allowance(tolerance=usual if tolerance is None else tolerance)
            prove_file("onnx", temporary, model, expected, allowance)
    return path


def _write(graph: Any, text: str, path: Path) -> None:
    import onnx

    try:
        proto = to_onnx(graph)
        onnx.helper.set_model_props(proto, {KEY: text})
        onnx.checker.check_model(proto)
    except Exception as error:
        reason = str(error).splitlines()[0][:300]
        raise ExportError(f"The model cannot be converted to ONNX: {reason}") from error
    onnx.save(proto, path)
