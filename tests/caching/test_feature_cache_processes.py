"""The cache in several processes: filled at once, killed while filling, and what it takes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.caching import feature_cache, filling, shards
from keras_tl.caching.feature_cache import Place
from keras_tl.caching.machine import Machine

NAMES = ["ant", "bee", "cat"]
IMAGES = 42
STARTS = [0, 8, 16, 24, 32, 40]
ELSEWHERE = """
import json, os, runpy, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
print(json.dumps(runpy.run_path(sys.argv[1])[sys.argv[2]](*sys.argv[3:])), flush=True)
"""


def begin(function, *arguments):
    command = [sys.executable, "-c", ELSEWHERE, __file__, function.__name__, *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    )


def answer(process):
    out, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-2000:]
    return json.loads(out.splitlines()[-1])


def small_task(width=8, size=16, images=IMAGES, batch_size=8):
    """The same model and data in every process."""
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((size, size, 3))
    for _ in range(2):
        x = keras.layers.Conv2D(width, 3, strides=2, activation="relu")(x)
    model = ktl.build_classifier(keras.Model(inputs, x), NAMES, pooling="flatten")
    pictures = np.random.default_rng(0).integers(0, 256, (images, size, size, 3)).astype("uint8")
    data = ktl.load_data(
        (pictures, np.arange(images) % 3),
        image_size=size,
        class_names=NAMES,
        batch_size=batch_size,
        validation=0.0,
        test=0.0,
    )
    return model, data


def fill_from_outside(directory, kill_at="-1"):
    """Fills slowly, a shard a batch; returns the batches computed and the digest of all rows."""
    shards.SHARD_BYTES = 1
    model, data = small_task()
    found, original = [], filling._store

    def count(arrays, ends, stores, start):
        if start == int(kill_at):
            os.kill(os.getpid(), signal.SIGKILL)
        found.append(start)
        time.sleep(0.2)
        return original(arrays, ends, stores, start)

    filling._store = count
    print("begins", flush=True)
    place = Place(ktl.chain(model)[-2].boundary, "disk")
    ((split,),) = ktl.FeatureCache(directory).splits(model, [data.train], [place])
    rows = split.read(np.arange(split.size))
    return [found, ktl.foundation.files.digest(rows.tobytes())]


@pytest.mark.slow
def test_two_processes_at_once_compute_each_image_once(tmp_path):
    processes = [begin(fill_from_outside, tmp_path) for _ in range(2)]
    (one, first), (other, second) = map(answer, processes)
    assert sorted(one + other) == STARTS
    assert first == second


@pytest.mark.slow
def test_kill_9_while_filling_costs_what_was_not_stored(tmp_path):
    killed = begin(fill_from_outside, tmp_path / "killed", 24)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    again, found = answer(begin(fill_from_outside, tmp_path / "killed"))
    assert again == [24, 32, 40]
    whole, expected_rows = answer(begin(fill_from_outside, tmp_path / "straight"))
    assert whole == STARTS
    assert found == expected_rows


BUDGET = 60_000_000  # large beside what any run of TensorFlow takes now more, now less


def anonymous():
    """Bytes of memory of this process that no file backs."""
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


def peak_of_a_run(directory, is_cached):
    """Trains the second stage on 600 MB of features; returns the peak and what was stored."""
    feature_cache.measured = lambda _: Machine(1.0, 1e9, 1e9)
    keras.utils.set_random_seed(0)
    inputs = keras.Input((32, 32, 3))
    x = keras.layers.Conv2D(64, 3, padding="same", activation="relu")(inputs)
    x = keras.layers.Conv2D(8, 4, strides=4, activation="relu")(x)
    model = ktl.build_classifier(keras.Model(inputs, x), NAMES)
    images = np.random.default_rng(0).integers(0, 256, (2400, 32, 32, 3)).astype("uint8")
    options = {"image_size": 32, "class_names": NAMES, "validation": 0.0, "test": 0.0}
    data = ktl.load_data((images, np.arange(2400) % 3), batch_size=16, **options)
    cache = ktl.FeatureCache(directory, memory=BUDGET) if is_cached == "yes" else False
    peak, done = [0], threading.Event()

    def watch():
        while not done.wait(0.002):
            peak[0] = max(peak[0], anonymous())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    phase = ktl.Phase("top", ktl.Plan.freeze_to(1), 2)
    ktl.fine_tune(model, data, ktl.Recipe("top", (phase,)), cache=cache, verbose=0)
    done.set()
    watcher.join()
    return [peak[0], sum(entry.bytes for entry in cache.store.entries()) if cache else 0]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_a_cache_ten_times_the_budget_takes_one_and_a_half_budgets(tmp_path):
    plain, _ = answer(begin(peak_of_a_run, tmp_path, "no"))
    cached, stored = answer(begin(peak_of_a_run, tmp_path, "yes"))
    assert stored >= 10 * BUDGET
    assert cached <= plain + 1.5 * BUDGET, (cached - plain) / BUDGET
