"""How many flipped labels confident learning finds, and how many of its finds were flipped.

Scikit-learn's digits, a share of whose labels is given to another class at random; the features of
the glyph backbone, which was trained on no digits. Prints a table in Markdown: means over seeds
with 95 % t-intervals, in percent.

    python benchmarks/label_errors.py --seeds 5 --out benchmarks/results/label_errors.md
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from digits_transfer import cell
from forgetting import finish, markdown
from sklearn.datasets import load_digits

import keras_tl as ktl
from keras_tl.evaluation.analysing.label_errors import find_label_errors
from keras_tl.foundation.progress import track
from keras_tl.models.weights.glyphs import GLYPHS

SHARES = (0.01, 0.05, 0.2)


def flipped(share: float, seed: int) -> tuple[ktl.Data, set[int]]:
    """Returns the digits with some labels flipped, and the numbers of those."""
    known, generator = load_digits(), np.random.default_rng(seed)
    labels = known.target.copy()
    rows = generator.choice(len(labels), round(share * len(labels)), replace=False)
    labels[rows] = (labels[rows] + generator.integers(1, 10, len(rows))) % 10
    images = (known.images * 255 / 16).astype("uint8")[..., None].repeat(3, axis=-1)
    names = list("0123456789")
    return ktl.load_data(
        (images, labels), image_size=GLYPHS.image_size, class_names=names, seed=seed
    ), set(rows.tolist())


def measure(share: float, seed: int) -> tuple[float, float]:
    """Returns the share of the flipped that is found, and of the found that was flipped."""
    keras.utils.clear_session()
    data, wrong = flipped(share, seed)
    model = ktl.build_classifier(
        GLYPHS.backbone,
        data,
        weights="glyphs",
        boundary=GLYPHS.boundary,
        pooling=GLYPHS.pooling,
    )
    errors = find_label_errors(model, data, splits=("train", "validation", "test")).errors
    found = {int(error.name.removeprefix("#")) for error in errors}
    return len(found & wrong) / len(wrong), len(found & wrong) / max(len(found), 1)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--out", type=Path, help="File to write the table to as well.")
    options = parser.parse_args()
    rows = []
    for share in SHARES:
        seeds = track(range(options.seeds), f"{share:.0%} flipped", options.seeds, show=True)
        recall, precision = zip(*(measure(share, seed) for seed in seeds), strict=True)
        rows.append([f"{share:.0%}", cell(recall), cell(precision)])
    table = markdown(("labels flipped", "of these found", "of the found flipped"), rows)
    finish(f"1,797 digits, {options.seeds} seeds, in percent\n\n{table}", options.out, [])


if __name__ == "__main__":
    main()
