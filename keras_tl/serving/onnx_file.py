"""An ONNX file for the runtimes of other frameworks, proven before it is kept."""

import os
from pathlib import Path

import keras

from keras_tl.serving.card_file import IMAGES, card_of
from keras_tl.serving.exporting import export_proven
from keras_tl.serving.formats import FORMATS
from keras_tl.serving.graphs.exportable import require_exportable, require_supported
from keras_tl.serving.graphs.full_precision import in_full_precision
from keras_tl.serving.graphs.to_onnx import write_onnx
from keras_tl.serving.graphs.traced import traced
from keras_tl.serving.proving.allowance import allowance_for
from keras_tl.serving.proving.proof_images import VerifyOn


def export_onnx(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    verify_on: VerifyOn | None,
    tolerance: float | None = None,
    measure: bool = False,
) -> Path:
    """Exports a classifier as an ONNX file, and proves it.

    The file goes from `images`, float32 `(batch, height, width, 3)` of red, green and blue in
    0..255 at the model's size, to `probabilities`, `(batch, classes)`, for any batch.

    A picture gets there upright (EXIF), on the background, in RGB, brought to the size bilinearly
    with antialiasing as the resize policy says. `snippets/label_with_onnx.py` does it in ten
    lines, Pillow and the runtime alone; class names, size, policy, background and the proof are in
    the file, JSON under `keras_tl` in its metadata.

    Args:
        model: Classifier from `build_classifier`; one of mixed precision is exported in float32.
        path: File to write, ending in `.onnx`; it must not exist.
        verify_on: A split (of `Data`, the test split), or paths of pictures, on which the file
            must answer as the model does, in a fresh process that has the runtime alone. None
            exports unproven, with a warning.
        tolerance: Largest difference allowed between two probabilities; None is 1e-3; for a
            model of mixed precision, which the file is more exact than, 2e-2 (float16) or 1e-1
            (bfloat16).
        measure: Whether to measure size and speed for the card, some seconds more.

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
    return export_proven(
        model,
        path,
        lambda temporary: write_onnx(graph, temporary),
        {**card_of(model), "format": "onnx", "precision": "float32", "images": IMAGES},
        allowance_for(FORMATS["onnx"], model, tolerance=tolerance),
        verify_on=verify_on,
        measure=measure,
    )
