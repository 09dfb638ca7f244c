"""What this machine was measured to do, so that reading can be weighed against computing."""

import json
import math
import os
import platform
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np

from keras_tl.foundation.files import discard, write_json

FILE_NAME = "machine.json"
TRIAL_SHAPE = (64, 64, 32)
TRIAL_BYTES = 1 << 25


@dataclass(frozen=True)
class Machine:
    """Rates of one machine and one directory.

    Attributes:
        multiply_adds: A second, in a convolution.
        read: Bytes a second, from the cache directory.
        written: Bytes a second, to it.
    """

    multiply_adds: float = 5e10
    read: float = 5e8
    written: float = 2e8

    def work_of_reading(self, amount: int) -> float:
        """Returns the multiply-adds that could be done while so many bytes are read."""
        return self.multiply_adds * amount / self.read

    def work_of_writing(self, amount: int) -> float:
        """Returns the multiply-adds that could be done while so many bytes are written."""
        return self.multiply_adds * amount / self.written


def measured(directory: Path) -> Machine:
    """Returns the rates of this machine, measured once and kept in `directory`.

    Raises:
        OSError: If nothing can be written there.
    """
    path = directory / FILE_NAME
    known = _known(path)
    name = f"{platform.node()}, {os.cpu_count()} cores, {keras.backend.backend()}"
    if name not in known:
        read, written = _disk_rates(directory)
        known[name] = asdict(Machine(_multiply_add_rate(), read, written))
        write_json(path, known)
    return Machine(**known[name])


def _known(path: Path) -> dict[str, dict[str, float]]:
    """Returns the machines that are known; none if the file is not what was written."""
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
        return {name: asdict(Machine(**rates)) for name, rates in known.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _multiply_add_rate() -> float:
    """Returns multiply-adds a second of a convolution of 32 images, traced once before."""
    height, width, channels = TRIAL_SHAPE
    layer = keras.layers.Conv2D(channels, 3, padding="same")
    model = keras.Sequential([keras.Input(TRIAL_SHAPE), layer, keras.layers.GlobalMaxPooling2D()])
    images = np.zeros((32, *TRIAL_SHAPE), "float32")
    model.predict_on_batch(images)
    begun = time.perf_counter()
    for _ in range(3):
        model.predict_on_batch(images)
    done = 3 * len(images) * height * width * math.prod(layer.kernel.shape)
    return done / (time.perf_counter() - begun)


def _disk_rates(directory: Path) -> tuple[float, float]:
    """Returns bytes a second read and written; what was just written is read from memory.

    Features are read again each epoch, and the operating system keeps what fits; so this is the
    rate for files that were read before.
    """
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f".{uuid.uuid4().hex[:8]}.trial"
    content = np.random.default_rng(0).bytes(TRIAL_BYTES)
    try:
        begun = time.perf_counter()
        with open(path, "wb") as file:
            file.write(content)
            os.fsync(file.fileno())
        written = time.perf_counter()
        path.read_bytes()
        read = time.perf_counter()
    finally:
        discard(path)
    return TRIAL_BYTES / (read - written), TRIAL_BYTES / (written - begun)
