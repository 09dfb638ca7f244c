"""`keras-tl doctor`: whether this installation can do the work."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.environment import environment
from keras_tl.foundation.progress import console
from keras_tl.foundation.tables import table

NAME = "doctor"


def run() -> None:
    """Check versions, devices, weights and the traps that are known of them."""
    start_keras()
    console.print(table(("library", "version"), environment().items()))
    columns = ("check", "", "what it means")
    console.print(table(columns, [*_devices(), *_weights(), *_packages(), *_traps()]))


def _devices() -> Iterator[tuple[str, str, str]]:
    import keras

    devices = keras.distribution.list_devices()
    yield "devices", ", ".join(devices), f"backend {keras.backend.backend()}"


def _weights() -> Iterator[tuple[str, str, str]]:
    from keras_tl.models.backbones import BACKBONES, has_imagenet_weights, weights_directory
    from keras_tl.models.weights.glyphs import GLYPHS

    found = [row.name for row in BACKBONES.values() if has_imagenet_weights(row)]
    meaning = "others are fetched when they are needed" if found else "fetched when needed"
    yield f"ImageNet weights in {weights_directory()}", ", ".join(found) or "none", meaning
    state = "ok" if Path(GLYPHS.path).is_file() else "missing"
    yield "glyph weights", state, "the embedded default"


def _packages() -> Iterator[tuple[str, str, str]]:
    needs = {
        "tensorboard": "KerasTuner needs it and does not say so: without it every trial fails",
        "importlib_resources": "TensorFlow Datasets needs it and does not say so",
    }
    for name, meaning in needs.items():
        yield name, "ok" if importlib.util.find_spec(name) else "missing: pip install", meaning


def _traps() -> Iterator[tuple[str, str, str]]:
    is_kept = _keeps_inference_mode()
    yield (
        "`layer(x, training=False)` in a graph",
        "kept by fit" if is_kept else "overridden by fit",
        "keras_tl does not rely on it: frozen stages are frozen either way",
    )


def _keeps_inference_mode() -> bool:
    """Trains a BatchNorm that was called with `training=False` and looks whether it moved."""
    import keras
    import numpy as np

    norm = keras.layers.BatchNormalization()
    inputs = keras.Input((2,))
    model = keras.Model(inputs, norm(inputs, training=False))
    model(np.full((4, 2), 5.0, "float32"), training=True)
    return bool((keras.ops.convert_to_numpy(norm.moving_mean.value) == 0).all())
