"""What can be known before the work starts: whether a model goes into a format at all.

Every family of `keras.applications` does; operations that own layers may bring do not.
"""

from pathlib import Path
from typing import Any

import keras

from keras_tl.models.card import class_names, input_size
from keras_tl.serving.export_error import ExportError
from keras_tl.serving.extras import require_extra
from keras_tl.serving.formats import FORMATS, Format
from keras_tl.serving.versions import next_version


def require_exportable(file_format: str, model: keras.Model, path: Path) -> None:
    """Raises if `model` cannot be exported to `path`, whatever its operations.

    Args:
        file_format: A key of `FORMATS`.
        model: The classifier.
        path: Where the export would go.

    Raises:
        ValueError: If the path or the model is not as it must be.
        ImportError: If the extra of the format is not installed.
        ExportError: If Keras runs on a backend that has no export to it.
    """
    row = FORMATS[file_format]
    _check_path(path, row)
    class_names(model)
    input_size(model)
    if keras.backend.backend() != "tensorflow":
        raise ExportError(
            f"The export to {file_format} needs Keras on TensorFlow. Received: backend "
            f"{keras.backend.backend()!r}. Load the `.keras` file under KERAS_BACKEND=tensorflow."
        )
    require_extra(file_format)


def require_supported(file_format: str, traced: Any) -> None:
    """Raises `ExportError` if a traced model has an operation that a format is known to lack."""
    known = FORMATS[file_format].lacks
    found = [node for node in traced.graph.get_operations() if node.type in known]
    if found:
        raise ExportError(
            f"A file for {file_format} cannot hold {known[found[0].type]}, which this model does "
            f"in {found[0].name!r}. Leave that layer out, or use `export_saved_model`."
        )


def _check_path(path: Path, row: Format) -> None:
    if row.suffix and path.suffix != row.suffix:
        raise ValueError(f"`path` must end in {row.suffix!r}. Received: path={str(path)!r}")
    if path.exists():
        raise ValueError(
            f"`path` must not exist. Received: path={str(path)!r}. {_way_out(path, row)}"
        )


def _way_out(path: Path, row: Format) -> str:
    if row.suffix:
        return "Choose another name, or remove it."
    numbered = path if path.is_dir() and not path.name.isdigit() else path.parent
    return f"Export under the next number, such as {str(next_version(numbered))!r}, or remove it."
