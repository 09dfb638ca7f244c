import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from PIL import Image

import keras_tl as ktl

ALONE = """
import sys
for name in ("keras", "keras_tl", "tensorflow", "tf2onnx", "onnx"):
    sys.modules[name] = None
sys.argv = sys.argv[1:]
import runpy
runpy.run_path(sys.argv[0])
"""


@pytest.fixture
def classifier_of():
    """Builds a small classifier on a body of layers of one's own, with spread probabilities."""

    def build(body, name="own", **options):
        keras.utils.set_random_seed(0)
        images = keras.Input((16, 16, 3))
        backbone = keras.Model(images, body(images), name=name)
        model = ktl.build_classifier(backbone, ["ant", "bee", "cat"], **options)
        return spread(model)

    return build


@pytest.fixture
def spread_out():
    return spread


def spread(model):
    """Gives the head weights with which probabilities differ from picture to picture."""
    images = np.random.default_rng(5).integers(0, 256, (16, *model.input_shape[1:]))
    images = images.astype("float32")
    settle(model, images)
    head = model.layers[-2]
    features = keras.Model(model.input, head.input).predict_on_batch(images)
    centred = features.astype("float64") - features.mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    kernel = (directions[:3] / sizes[:3, None]).T * 10
    head.set_weights([kernel, -features.mean(axis=0) @ kernel])
    return model


@pytest.fixture
def export_as():
    """Exports a model in a format, into a folder."""
    exports = {
        "saved_model": (ktl.export_saved_model, "1"),
        "head": (ktl.export_head, "1"),
        "litert": (ktl.export_litert, "m.tflite"),
        "onnx": (ktl.export_onnx, "m.onnx"),
    }

    def export(file_format, model, folder, **options):
        function, name = exports[file_format]
        return function(model, folder / name, **options)

    return export


def settle(model, images):
    """Gives BatchNorm the moments of `images`, so that random weights compute what trained ones do.

    As they are, their features vanish, and a head that tells them apart has no place in 16 or 8
    bits.
    """
    norms = [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, keras.layers.BatchNormalization)
    ]
    before = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.0
    model(images, training=True)
    for layer, momentum in zip(norms, before, strict=True):
        layer.momentum = momentum


@pytest.fixture
def photo_files(tmp_path):
    """Photograph-like pictures of another shape than the model's, as JPEG, PNG and WebP."""
    folder = tmp_path / "photos"
    folder.mkdir()
    generator = np.random.default_rng(3)
    for number in range(12):
        coarse = generator.integers(0, 256, (3, 4, 3), dtype="uint8")
        picture = Image.fromarray(coarse).resize((76, 60), Image.Resampling.BICUBIC)
        picture.save(folder / f"{number:02}.{('jpg', 'png', 'webp')[number % 3]}", quality=95)
    return sorted(folder.iterdir())


@pytest.fixture
def run_alone(tmp_path):
    """Runs a program where `keras`, `keras_tl` and `tensorflow` cannot be imported."""

    def run(program, *arguments):
        command = [sys.executable, "-I", "-c", ALONE, str(program), *map(str, arguments)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=tmp_path, env=dict(os.environ)
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
