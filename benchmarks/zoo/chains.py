"""Every constructor of `keras.applications` as a chain: a row each in `chains.md`.

Each is built with random weights and without its top, and cut at each of its boundaries; one random
image goes through both pieces one after the other, and must give the bits that the whole gives.
Each row is measured in a process of its own, so that memory comes back.

    python benchmarks/zoo/chains.py
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import keras_tl as ktl
from keras_tl.models.backbones import BACKBONES, load_backbone

LARGEST_SIZE = 224
REPORT = Path(__file__).with_suffix(".md")


def measure(name: str, granularity: str) -> dict[str, Any]:
    """Returns the row of one constructor.

    Args:
        name: A constructor of `keras.applications`.
        granularity: `"stage"` or `"block"`, the boundaries that are cut.
    """
    begun = time.perf_counter()
    keras.utils.set_random_seed(0)
    row = BACKBONES[name]
    pixels = max(min(row.native_size, LARGEST_SIZE), row.smallest_size)
    model = load_backbone(name, image_size=(pixels, pixels), weights=None)
    stages, blocks = ktl.chain(model), ktl.chain(model, "block")
    cut = stages if granularity == "stage" else blocks
    differing = differing_splits(model, cut, pixels)
    return {
        "constructor": name,
        "pixels": pixels,
        "stages": len(stages),
        "blocks": len(blocks),
        "pairs": sum(len(block.boundary.tensors) == 2 for block in blocks),
        "parameters": f"{model.count_params():,}",
        "splits": len(cut) - 1,
        "identical": "no: " + ", ".join(differing) if differing else "yes",
        "seconds": round(time.perf_counter() - begun),
    }


def differing_splits(model: keras.Model, chain: ktl.Chain, pixels: int) -> list[str]:
    """Returns the stages after which the chain, cut and joined, gives other bits than whole."""
    image = np.random.default_rng(0).uniform(0, 255, (1, pixels, pixels, 3)).astype("float32")
    expected = np.asarray(model(image, training=False))
    differing = []
    for k in range(1, len(chain)):
        prefix, suffix = chain.split(k)
        joined = np.asarray(suffix(prefix(image, training=False), training=False))
        if joined.tobytes() != expected.tobytes():
            differing.append(chain[k - 1].name)
    return differing


def in_own_process(name: str, granularity: str) -> dict[str, Any]:
    """Returns the row of one constructor, or what went wrong, from a process that ends with it."""
    command = [sys.executable, __file__, "--only", name, "--granularity", granularity]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        return {"constructor": name, "identical": f"failed: {lines[-1]}"}
    return json.loads(done.stdout.splitlines()[-1])


def as_markdown(rows: list[dict[str, Any]], granularity: str) -> str:
    """Returns the report: what was done with which versions, and a row a constructor."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    versions = [f"{name} {metadata.version(name)}" for name in ("keras", "tensorflow", "numpy")]
    lines = [
        "# The constructors of `keras.applications` as chains\n",
        f"`{Path(__file__).name} --granularity {granularity}`, python {platform.python_version()}, "
        f"{', '.join(versions)}, CPU. *pairs*: boundaries between blocks that two tensors cross. "
        f"*splits*: boundaries cut, one by one. *identical*: whether one random image through both "
        "pieces gives the bits that it gives through the whole.\n",
        f"| {' | '.join(columns)} |",
        "|---|" + "---:|" * (len(columns) - 1),
    ]
    lines += [f"| {' | '.join(str(row.get(c, '')) for c in columns)} |" for row in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes the report, again after each row; with `--only`, prints one row as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--granularity", default="stage", choices=("stage", "block"))
    parser.add_argument("--only", choices=list(BACKBONES))
    options = parser.parse_args()
    if options.only:
        print(json.dumps(measure(options.only, options.granularity)))
        return
    rows: list[dict[str, Any]] = []
    for name in BACKBONES:
        rows.append(in_own_process(name, options.granularity))
        REPORT.write_text(as_markdown(rows, options.granularity), encoding="utf-8")


if __name__ == "__main__":
    main()
