"""What an export answers in a process that has TensorFlow and nothing of ours."""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from keras_tl.serving.agreement import ExportError

_SCRIPT = Path(__file__).with_name("fresh_process.py")

Outputs = dict[str, np.ndarray]


def serve(export: Path, images: list[bytes], *, measure: bool = False) -> dict[str, Outputs]:
    """Sends encoded images through an export in a fresh process.

    Args:
        export: Directory of the SavedModel.
        images: Encoded images, at least one.
        measure: Whether to time it as well.

    Returns:
        The outputs of the serving signature under `"all"`; `"again"`, the first batch once more;
        `"alone"`, the first images each in a batch of its own; `"bad"`, the first image, two that
        are none, and the last image, or `error`, the name of the error; and `"measured"`,
        seconds.

    Raises:
        ExportError: If it cannot be loaded or run there.
    """
    with tempfile.TemporaryDirectory() as folder:
        request, response = Path(folder, "request.npz"), Path(folder, "response.npz")
        np.savez(
            request,
            lengths=[len(image) for image in images],
            content=np.frombuffer(b"".join(images), dtype="uint8"),
        )
        arguments = [str(export), str(request), str(response), str(int(measure))]
        command = [sys.executable, "-I", str(_SCRIPT), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            cause = "\n".join(done.stderr.strip().splitlines()[-5:])
            raise ExportError(f"The export cannot be served by TensorFlow alone:\n{cause}")
        with np.load(response) as packed:
            return _grouped(dict(packed))


def _grouped(packed: Outputs) -> dict[str, Outputs]:
    groups: dict[str, Outputs] = {}
    for key, value in packed.items():
        group, name = key.split("/")
        groups.setdefault(group, {})[name] = value
    return groups
