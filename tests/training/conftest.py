import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import keras_tl as ktl

NAMES = ["ant", "bee", "cat"]


@pytest.fixture
def data():
    """Thirty pictures whose class is their brightest channel."""
    generator = np.random.default_rng(0)
    labels = np.arange(30) % 3
    images = generator.uniform(0, 120, (30, 16, 16, 3))
    images[np.arange(30), :, :, labels] += 100
    return ktl.load_data((images, labels), image_size=16, batch_size=8, class_names=NAMES)


@pytest.fixture
def model(make_tiny):
    return ktl.build_classifier(make_tiny("residual"), NAMES, dropout=0.2)


@pytest.fixture
def start_run(tmp_path):
    """Starts a process that follows a recipe in the directory called `run`."""

    def start(recipe, run, *kill_after_batch):
        recipe.to_file(tmp_path / "recipe.yaml")
        script = Path(__file__).with_name("run_to_be_killed.py")
        command = [script, tmp_path / run, tmp_path / "recipe.yaml", *kill_after_batch]
        return subprocess.Popen(
            [sys.executable, *map(str, command)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start
