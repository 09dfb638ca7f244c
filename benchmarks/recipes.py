"""Whether each recipe, as it comes, does what it is for: no worse than a probe of frozen features.

Runs every recipe with its default options on the digits, 20 labels a class, as `keras-tl train
digits` would: the same backbone, weights and pooling, validation split, stopping and choice of the
epoch. Prints a table in Markdown: accuracy on the test split in percent, beside scikit-learn's
logistic regression on the same frozen features.

    python benchmarks/recipes.py --seeds 3 --out benchmarks/results/recipes.md
"""

import argparse
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from digits_transfer import IMAGE_SIZE, accuracy, build, cell
from forgetting import finish, markdown

import keras_tl as ktl
from keras_tl.evaluation.baselines import linear_probe
from keras_tl.foundation.progress import track
from keras_tl.training.recipes import RECIPES

LABELS_PER_CLASS = 20
TOLERANCE = 0.03
PROBE, TRAINED_PROBE = "scikit-learn's probe", "linear-probe"

Run = tuple[float, int, float]


def measure(name: str, seed: int) -> Run:
    """Returns the test accuracy of a recipe, the epochs it took, and the seconds."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    data = ktl.load_data(
        "digits", image_size=IMAGE_SIZE, labels_per_class=LABELS_PER_CLASS, seed=seed
    )
    model = build(data, "glyphs")
    start = time.perf_counter()
    if name == PROBE:
        return accuracy(linear_probe(model, data), data), 0, time.perf_counter() - start
    result = ktl.fine_tune(model, data, name, seed=seed, verbose=0)
    seconds = time.perf_counter() - start
    return ktl.evaluate(model, data.test).accuracy, len(result.history), seconds


def row(name: str, runs: Sequence[Run]) -> tuple[str, ...]:
    """Returns the line of a recipe."""
    scores, epochs, seconds = np.transpose(runs)
    return (
        name,
        cell(scores),
        f"{100 * scores.min():.1f}",
        f"{epochs.mean():.0f}",
        f"{seconds.mean():.0f} s",
    )


def failures(measured: Mapping[str, Sequence[Run]]) -> list[str]:
    """Returns a sentence for each recipe that falls short of the better probe."""
    means = {name: float(np.mean([run[0] for run in runs])) for name, runs in measured.items()}
    bar = max(means[PROBE], means.get(TRAINED_PROBE, 0.0)) - TOLERANCE
    return [
        f"{name} has {100 * mean:.1f} %, below the {100 * bar:.1f} % that it has to reach."
        for name, mean in means.items()
        if mean < bar
    ]


def main() -> None:
    """Prints the table, and fails if a recipe falls short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--recipes", nargs="*", default=list(RECIPES), choices=list(RECIPES))
    parser.add_argument("--out", type=Path, help="File to write the table to as well.")
    options = parser.parse_args()
    measured: dict[str, list[Run]] = {name: [] for name in (PROBE, *options.recipes)}
    work = [(seed, name) for seed in range(options.seeds) for name in measured]
    for seed, name in track(work, "Recipes", len(work), show=True):
        measured[name].append(measure(name, seed))
    header = ("recipe", "accuracy ± 95 %", "worst seed", "epochs", "time")
    table = markdown(header, [row(name, runs) for name, runs in measured.items()])
    finish(f"{options.seeds} seeds\n\n{table}", options.out, failures(measured))


if __name__ == "__main__":
    main()
