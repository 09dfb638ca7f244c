"""A traced classifier as the content of a LiteRT file, in the precision that is asked for."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from keras_tl.serving.export_error import ExportError
from keras_tl.serving.graphs.archive import disk_errors

SIGNATURE = "serving_default"
PRECISIONS = ("float32", "float16", "dynamic", "int8")


def write_litert(
    traced: Any, path: Path, precision: str, typical: np.ndarray | None = None
) -> None:
    """Writes a LiteRT file; see `to_litert`."""
    path.write_bytes(to_litert(traced, precision, typical))


def to_litert(traced: Any, precision: str, typical: np.ndarray | None = None) -> bytes:
    """Returns the content of a LiteRT file.

    Args:
        traced: Concrete function of a model.
        precision: One of `PRECISIONS`.
        typical: For `"int8"`, images `(images, height, width, 3)` whose activations set the
            ranges.

    Raises:
        ExportError: If LiteRT has no operation for something in the model.
        OSError: If the disk of temporary files is full.
    """
    import tensorflow as tf

    root = tf.Module()
    root.captured = list(traced.variables)
    with tempfile.TemporaryDirectory() as folder:
        with disk_errors():
            tf.saved_model.save(root, folder, signatures={SIGNATURE: traced})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder, signature_keys=[SIGNATURE])
        _set_precision(converter, precision, typical)
        try:
            return converter.convert()
        except Exception as error:
            reason = str(error).splitlines()[0][:300]
            raise ExportError(f"The model cannot be converted to LiteRT: {reason}") from error


def _set_precision(converter: Any, precision: str, typical: np.ndarray | None) -> None:
    import tensorflow as tf

    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if typical is not None:
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.representative_dataset = lambda: _one_by_one(typical)


def _one_by_one(images: np.ndarray) -> Iterator[list[np.ndarray]]:
    yield from ([image[None]] for image in images)
