"""What transfer from rendered letters is worth on handwritten digits, beside its baselines.

Prints a table in Markdown: accuracy on the test split in percent, mean over seeds with a 95 %
t-interval, for a few labels a class and for all of them. Nothing is chosen on the test split, and
with few labels nothing on the validation split either: epochs and constants are fixed.

    python benchmarks/digits_transfer.py --seeds 5
"""

import argparse
import os
from collections.abc import Callable, Sequence

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from scipy import stats

import keras_tl as ktl
from keras_tl.evaluation.baselines import from_scratch, linear_probe, raw_pixel_svm
from keras_tl.foundation.progress import track
from keras_tl.training.recalibrate import recalibrate

IMAGE_SIZE = 64
SOURCES = ("digits", "digits-photo")
BATCHES = 600
FEWEST_EPOCHS = 8

Method = Callable[[ktl.Data], float]


def epochs_for(data: ktl.Data) -> int:
    """Returns epochs that come to about `BATCHES` batches, so that few images are seen often."""
    return int(np.clip(BATCHES // len(data.train), FEWEST_EPOCHS, 60))


def build(data: ktl.Data, weights: str | None) -> keras.Model:
    """Builds the glyph backbone's network with its weights, or with random ones."""
    seed = data.settings["seed"]
    return ktl.build_classifier(
        "MobileNetV2", data, weights=weights, boundary="stage4", pooling="flatten", seed=seed
    )


def accuracy(decided: np.ndarray, data: ktl.Data) -> float:
    """Returns the share of right labels on the test split."""
    return float((decided == data.test.labels).mean())


def svm(data: ktl.Data) -> float:
    """A support vector machine (C=10) on raw pixels."""
    return accuracy(raw_pixel_svm(build(data, None), data), data)


def small_network(data: ktl.Data) -> float:
    """A three-layer convolutional network from scratch."""
    return accuracy(from_scratch(build(data, None), data), data)


def same_network(data: ktl.Data) -> float:
    """The glyph backbone's network from scratch: random weights, BatchNorm trained.

    MobileNetV2's moments follow so slowly that they are estimated anew when training is over.
    """
    plan = ktl.Plan(batch_norm="train")
    phase = ktl.Phase("all", plan, epochs_for(data), 1e-3, restore_best=False)
    model = build(data, None)
    ktl.fine_tune(model, data, ktl.Recipe("scratch", (phase,)), verbose=0)
    recalibrate(plan, model, data.train)
    return ktl.evaluate(model, data.test).accuracy


def random_probe(data: ktl.Data) -> float:
    """A linear probe on the same network with random weights."""
    return accuracy(linear_probe(build(data, None), data), data)


def glyph_probe(data: ktl.Data) -> float:
    """A linear probe on the frozen glyph backbone."""
    return accuracy(linear_probe(build(data, "glyphs"), data), data)


def lp_ft(data: ktl.Data) -> float:
    """The head first, then everything from there."""
    half = max(epochs_for(data) // 2, FEWEST_EPOCHS)
    recipe = ktl.recipe("lp-ft", epochs=half, patience=None)
    phases = [ktl.Phase(**{**vars(phase), "restore_best": False}) for phase in recipe]
    return tuned(build(data, "glyphs"), data, phases)


def tuned(model: keras.Model, data: ktl.Data, phases: Sequence[ktl.Phase]) -> float:
    """Fine-tunes a model and scores it."""
    ktl.fine_tune(model, data, ktl.Recipe("benchmark", tuple(phases)), verbose=0)
    return ktl.evaluate(model, data.test).accuracy


METHODS: dict[str, Method] = {
    "raw-pixel SVM": svm,
    "3-layer network, from scratch": small_network,
    "same network, from scratch": same_network,
    "probe, random weights": random_probe,
    "**probe, glyphs**": glyph_probe,
    "**LP-FT, glyphs**": lp_ft,
}


def cell(values: Sequence[float]) -> str:
    """Returns mean and half-width of the 95 % t-interval, in percent."""
    percent = 100 * np.asarray(values)
    if len(percent) < 2:
        return f"{percent.mean():.1f}"
    half = stats.sem(percent) * stats.t.ppf(0.975, len(percent) - 1)
    return f"{percent.mean():.1f} ± {half:.1f}"


def measure(
    source: str, labels: int | None, seeds: int, methods: Sequence[str]
) -> dict[str, list[float]]:
    """Runs each method on each seed."""
    scores: dict[str, list[float]] = {name: [] for name in methods}
    work = [(seed, name) for seed in range(seeds) for name in methods]
    title = f"{source}, {labels or 'all'} labels a class"
    for seed, name in track(work, title, len(work), show=True):
        keras.utils.clear_session()
        keras.utils.set_random_seed(seed)
        data = ktl.load_data(source, image_size=IMAGE_SIZE, labels_per_class=labels, seed=seed)
        scores[name].append(METHODS[name](data))
    return scores


def main() -> None:
    """Prints a table a source."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--labels", type=int, nargs="*", default=[1, 2, 5])
    parser.add_argument("--all-seeds", type=int, default=3, help="Seeds for the full split.")
    parser.add_argument("--sources", nargs="*", default=SOURCES, choices=SOURCES)
    parser.add_argument("--methods", nargs="*", default=list(METHODS), choices=list(METHODS))
    options = parser.parse_args()
    for source in options.sources:
        counts = [(n, options.seeds) for n in options.labels]
        if options.all_seeds:
            counts.append((None, options.all_seeds))
        columns = [measure(source, n, seeds, options.methods) for n, seeds in counts]
        header = [f"{n or 'all'} a class ({seeds} seeds)" for n, seeds in counts]
        print(f"\n| {source} | " + " | ".join(header) + " |")
        print("|---|" + "---|" * len(counts))
        for name in options.methods:
            cells = " | ".join(cell(column[name]) for column in columns)
            print(f"| {name} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
