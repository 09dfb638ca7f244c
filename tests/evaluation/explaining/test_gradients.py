import importlib.util
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

import keras_tl as ktl

CODE = """
import sys

sys.modules["tensorflow"] = None
import keras
import numpy as np
from keras import layers

import keras_tl as ktl

images = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 3)).astype("float32")
pictures = keras.Input((16, 16, 3))
x = layers.Conv2D(4, 3, padding="same", activation="relu")(pictures)
x = layers.BatchNormalization()(layers.Dropout(0.5)(x))
dense = layers.Dense(3, activation="softmax")
model = keras.Model(pictures, dense(layers.GlobalAveragePooling2D()(x)))
features = keras.Model(pictures, x).predict_on_batch(images)
cam = np.maximum(features @ dense.get_weights()[0][:, 1], 0) / 16**2
found = ktl.explain(model, images, classes="1")
print(np.allclose(found.maps * found.peaks[:, None, None], cam, rtol=1e-3, atol=1e-6))
methods = ["grad-cam++", "hires-cam", "score-cam", "integrated-gradients", "occlusion"]
maps = [ktl.explain(model, images, method=method).maps for method in methods]
print(all(np.isfinite(one).all() and one.max() == 1 for one in maps))
same = ktl.explain(model, images, method="hires-cam", classes="1").maps
print(np.allclose(same, found.maps, atol=1e-4))
print(keras.backend.backend())
"""


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is not installed; CI installs it"
)
def test_all_methods_run_on_jax_with_tensorflow_absent():
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split()[-4:] == ["True", "True", "True", "jax"]


def test_other_backends_are_told_which_methods_they_have(make_model, images, monkeypatch):
    model = make_model()
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(RuntimeError, match=r"Received: backend 'torch'.*'score-cam'"):
        ktl.explain(model, images)
    for method in ("score-cam", "occlusion"):
        assert np.isfinite(ktl.explain(model, images[:1], method=method).maps).all()
