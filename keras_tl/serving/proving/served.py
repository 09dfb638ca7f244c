"""What an export answers in a process that has its runtime and nothing of ours."""

import subprocess
import sys
import tempfile
from pathlib import Path

import keras
import numpy as np

from keras_tl.data.pictures import EncodedPictures
from keras_tl.serving.export_error import ExportError
from keras_tl.serving.formats import format_of
from keras_tl.serving.proving.request import write_request

_SCRIPT = Path(__file__).with_name("fresh_process.py")

Outputs = dict[str, np.ndarray]


def serve(
    export: Path, model: keras.Model, pictures: EncodedPictures, *, measure: bool = False
) -> dict[str, Outputs]:
    """Sends pictures through an export in a fresh process.

    Args:
        export: The SavedModel, or the file.
        model: The classifier, which gives the features that an export of its head takes.
        pictures: Encoded pictures, at least one, as the model takes them.
        measure: Whether to time it as well.

    Returns:
        The outputs under `"all"`; `"again"`, the first batch once more; `"alone"`, the first
        pictures each in a batch of its own; of a SavedModel `"bad"`, the first picture, two that
        are none, and the last one, or `error`, the name of the error; and `"measured"`, seconds.

    Raises:
        ExportError: If it cannot be loaded or run there.
    """
    row = format_of(export)
    with tempfile.TemporaryDirectory() as folder:
        request, response = Path(folder, "request"), Path(folder, "response.npz")
        write_request(request, row.takes, pictures, model)
        arguments = [row.name, str(export), str(request), str(response), str(int(measure))]
        command = [sys.executable, "-I", str(_SCRIPT), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            cause = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise ExportError(f"The export cannot be run by {row.runtime} alone:\n{cause}")
        with np.load(response) as packed:
            return _grouped(dict(packed))


def _grouped(packed: Outputs) -> dict[str, Outputs]:
    groups: dict[str, Outputs] = {}
    for key, value in packed.items():
        group, name = key.split("/")
        groups.setdefault(group, {})[name] = value
    return groups
