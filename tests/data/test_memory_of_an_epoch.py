import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

SIDE, FILES = 1500, 200
LEVELS = SIDE * SIDE * 3 * 4 / 1e6
AN_EPOCH = """
import resource, sys
import keras_tl as ktl

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3

def epoch(folder):
    options = {"image_size": 96, "validation": 0.0, "test": 0.0, "audit_cache": None}
    data = ktl.load_data(folder, augment="light", **options)
    for batch in range(len(data.train)):
        data.train[batch]

epoch(sys.argv[1])
before = peak()
epoch(sys.argv[2])
print(peak() - before)
"""


@pytest.mark.slow
def test_an_epoch_of_many_large_pictures_needs_the_memory_of_a_few(tmp_path):
    generator = np.random.default_rng(0)
    for label in ("cat", "dog"):
        coarse = Image.fromarray(generator.integers(0, 256, (6, 6, 3), "uint8"))
        for folder, files in (("few", 20), ("many", FILES)):
            (tmp_path / folder / label).mkdir(parents=True)
            first = tmp_path / folder / label / "0.jpg"
            coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(first)
            for number in range(1, files // 2):
                os.link(first, first.with_name(f"{number}.jpg"))
    done = subprocess.run(
        [sys.executable, "-c", AN_EPOCH, str(tmp_path / "few"), str(tmp_path / "many")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    grown = float(done.stdout.split()[-1])
    assert FILES * LEVELS > 5000
    assert grown < 500
