"""The core runs on the JAX backend, with TensorFlow absent."""

import importlib.util
import os
import subprocess
import sys

import pytest

CODE = """
import sys

sys.modules["tensorflow"] = None
import numpy as np
import keras
import keras_tl as ktl

labels = np.arange(30) % 3
images = np.random.default_rng(0).uniform(0, 120, (30, 40, 32, 3))
images[np.arange(30), :, :, labels] += 100
data = ktl.load_data((images, labels), image_size=32, batch_size=8, augment="light")
varied = not np.array_equal(data.train.read([0], view=1), data.train.read([0]))
model = ktl.build_classifier(
    "MobileNet", data, weights=None, boundary="stage2", backbone_options={"alpha": 0.25}
)
prefix, suffix = ktl.chain(model).split(1)
same = np.array_equal(suffix(prefix(images[:2, :32])), model(images[:2, :32]))
stages = ktl.chain(model)
frozen = [w for layer in stages[0].layers for w in layer.weights]
before = [np.asarray(w) for w in frozen]
start = [np.asarray(w) for w in stages[-1].layers[0].weights + stages[-1].layers[1].weights]
ktl.fine_tune(model, data, ktl.recipe("top-k", epochs=1), run_dir=sys.argv[1], verbose=0)
end = [np.asarray(w) for w in stages[-1].layers[0].weights + stages[-1].layers[1].weights]
still = all(np.array_equal(a, np.asarray(b)) for a, b in zip(before, frozen))
moved = any(not np.array_equal(a, b) for a, b in zip(start, end))
accuracy = ktl.evaluate(model, data.test).accuracy

plain = ktl.load_data((images, labels), image_size=32, batch_size=8)
begin = model.get_weights()


def trained(cache):
    model.set_weights(begin)
    recipe = ktl.Recipe("probe", (ktl.Phase("head", ktl.Plan.freeze_to(-1), 3, 0.05, ema=0.5),))
    seen = []
    look = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs=None: seen.append(look.model.get_weights()[-2])
    )
    result = ktl.fine_tune(model, plain, recipe, cache=cache, callbacks=[look], verbose=0)
    return [*model.get_weights(), *seen], result.history


cached, whole = trained(True), trained(False)
cached_is_whole = cached[1] == whole[1] and all(map(np.array_equal, cached[0], whole[0]))
head_moved = not np.array_equal(model.get_weights()[-2], begin[-2])
model = ktl.freeze(model, -1)
model.compile("adam", "sparse_categorical_crossentropy")
history = ktl.fit(model, plain.train, epochs=2, cache=True, verbose=0).history
features, _ = ktl.features(model, plain.train, cache=ktl.FeatureCache(sys.argv[1] + "/features"))
fits = len(history["loss"]) == 2 and len(features) == plain.train.size
print(cached_is_whole, head_moved, fits)
print(keras.backend.backend(), varied, same, still, moved, 0 <= accuracy <= 1)
"""


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is not installed; CI installs it"
)
def test_arrays_chain_freeze_and_fine_tune(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(tmp_path / "run")],
        env={**os.environ, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == ["True"] * 3 + ["jax"] + ["True"] * 5
