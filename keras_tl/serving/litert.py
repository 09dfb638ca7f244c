"""A LiteRT file (`.tflite`) for phones and small devices, proven before it is kept."""

import os
from pathlib import Path

import keras

from keras_tl.foundation.checks import in_range, one_of
from keras_tl.serving.card_file import IMAGES, card_of
from keras_tl.serving.exporting import export_proven
from keras_tl.serving.formats import FORMATS
from keras_tl.serving.graphs.exportable import require_exportable, require_supported
from keras_tl.serving.graphs.full_precision import in_full_precision
from keras_tl.serving.graphs.to_litert import PRECISIONS, write_litert
from keras_tl.serving.graphs.traced import traced
from keras_tl.serving.proving.allowance import LARGEST_DROP, allowance_for
from keras_tl.serving.proving.proof_images import VerifyOn, decoded_images


def export_litert(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    precision: str = "float32",
    representative: VerifyOn | None = None,
    verify_on: VerifyOn | None,
    tolerance: float | None = None,
    largest_drop: float = LARGEST_DROP,
    measure: bool = False,
) -> Path:
    """Exports a classifier as a LiteRT file, and proves it.

    The file has one signature, `serving_default`, from `images`, float32 `(batch, height, width,
    3)` of red, green and blue in 0..255 at the model's size, to `probabilities`, `(batch,
    classes)`, in every precision. It is laid out for a batch of one; a signature runner takes any.

    A picture gets there upright (EXIF), on the background, in RGB, brought to the size bilinearly
    with antialiasing as the resize policy says. `snippets/label_with_litert.py` does it in ten
    lines, Pillow and the runtime alone; class names, size, policy, background and the proof are in
    the file, JSON under `keras_tl.json` in a ZIP archive at its end.

    Args:
        model: Classifier from `build_classifier`; one of mixed precision is exported in float32.
        path: File to write, ending in `.tflite`; it must not exist.
        precision: `"float32"`; `"float16"`, half the size; `"dynamic"`, weights in 8 bits, a
            quarter of the size; or `"int8"`, which also computes in 8 bits.
        representative: For `"int8"`, a split or paths of typical pictures, such as `data.train`;
            their activations set the ranges.
        verify_on: A split (of `Data`, the test split), or paths of pictures, on which the file
            must answer as the model does, in a fresh process that has the runtime alone. None
            exports unproven, with a warning.
        tolerance: Largest difference between two probabilities in the floating precisions; None
            is 1e-4 for float32 and 1e-2 for float16; for a model of mixed precision, which the
            file is more exact than, 2e-2 (float16) or 1e-1 (bfloat16).
        largest_drop: What `"dynamic"` and `"int8"` may lose: accuracy where `verify_on` has
            labels, else the share of pictures that get another label than from the model.
        measure: Whether to measure size and speed for the card, some seconds more.

    Returns:
        The file.

    Raises:
        ValueError: If an argument is not as above, or the model is not a classifier of this
            package.
        ImportError: If the extra `keras-tl[litert]` is not installed.
        ExportError: If the model cannot be exported, or the file does not do what the model does;
            nothing is left at `path`.
        OSError: If it cannot be written; nothing is left at `path`.
    """
    path = Path(path)
    one_of("precision", precision, PRECISIONS)
    in_range("largest_drop", largest_drop, 0.0, 1.0)
    _check_representative(precision, representative)
    require_exportable("litert", model, path)
    plain = in_full_precision(model)  # kept: a graph does not hold on to its variables
    graph = traced(plain)
    require_supported("litert", graph)
    typical = None if representative is None else decoded_images(model, representative)
    allowance = allowance_for(
        FORMATS["litert"], model, precision, tolerance=tolerance, largest_drop=largest_drop
    )
    return export_proven(
        model,
        path,
        lambda temporary: write_litert(graph, temporary, precision, typical),
        {**card_of(model), "format": "litert", "precision": precision, "images": IMAGES},
        allowance,
        verify_on=verify_on,
        measure=measure,
    )


def _check_representative(precision: str, representative: VerifyOn | None) -> None:
    if (precision == "int8") != (representative is not None):
        raise ValueError(
            '`representative` must be typical pictures for `precision="int8"`, such as '
            f"`data.train`, and None otherwise. Received: precision={precision!r}, "
            f"representative={representative!r}"
        )
