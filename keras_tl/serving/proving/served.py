"""What an export answers in a process that has its runtime and nothing of ours."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from keras_tl.data.pictures import EncodedPictures
from keras_tl.serving.formats import format_of
from keras_tl.serving.proving.agreement import ExportError

_SCRIPT = Path(__file__).with_name("fresh_process.py")
_BATCH_SIZE = 32

Outputs = dict[str, np.ndarray]


def serve(export: Path, pictures: EncodedPictures, *, measure: bool = False) -> dict[str, Outputs]:
    """Sends pictures through an export in a fresh process.

    Args:
        export: The SavedModel, or the file.
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
        (_write_encoded if row.takes_encoded else _write_decoded)(request, pictures)
        arguments = [row.name, str(export), str(request), str(response), str(int(measure))]
        command = [sys.executable, "-I", str(_SCRIPT), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            cause = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise ExportError(f"The export cannot be run by {row.runtime} alone:\n{cause}")
        with np.load(response) as packed:
            return _grouped(dict(packed))


def _write_encoded(request: Path, pictures: EncodedPictures) -> None:
    encoded = pictures.encoded(range(len(pictures)))
    with open(request, "wb") as file:
        np.savez(
            file,
            lengths=[len(one) for one in encoded],
            content=np.frombuffer(b"".join(encoded), dtype="uint8"),
        )


def _write_decoded(request: Path, pictures: EncodedPictures) -> None:
    """Writes decoded images, a batch at a time."""
    shape = (len(pictures), *pictures.size, 3)
    images = np.lib.format.open_memmap(request, "w+", "float32", shape)
    for start in range(0, len(images), _BATCH_SIZE):
        numbers = range(start, min(start + _BATCH_SIZE, len(images)))
        images[start : start + _BATCH_SIZE] = pictures.read(numbers)
    images.flush()


def _grouped(packed: Outputs) -> dict[str, Outputs]:
    groups: dict[str, Outputs] = {}
    for key, value in packed.items():
        group, name = key.split("/")
        groups.setdefault(group, {})[name] = value
    return groups
