"""What a few stored views are worth against new augmentation in every epoch.

A linear probe on digits with the glyph backbone, few labels a class, trained for the same batches
with plain images, with `views=K` of each image from the cache, and with new views in every epoch,
which nothing can store. Prints a table in Markdown: accuracy on the test split in percent, mean
over seeds with a 95 % t-interval, and the median seconds of a training.

    python benchmarks/views.py --seeds 5 --out benchmarks/results/views.md
"""

import argparse
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from digits_transfer import cell
from forgetting import finish, markdown

import keras_tl as ktl
from keras_tl.foundation.progress import track

IMAGE_SIZE = 64
EPOCHS = 40
LABELS = 5
NEW = "new each epoch"
VIEWS: dict[str, int | None] = {"plain": 1, "2 views": 2, "5 views": 5, "10 views": 10, NEW: None}

Found = tuple[float, float]


def measure(seed: int, views: int | None, strength: str) -> Found:
    """Returns accuracy on the test split, and seconds."""
    keras.utils.clear_session()
    data = ktl.load_data(
        "digits", image_size=IMAGE_SIZE, labels_per_class=LABELS, augment=strength, seed=seed
    )
    model = ktl.build_classifier(
        "MobileNetV2", data, weights="glyphs", boundary="stage4", pooling="flatten", seed=seed
    )
    head = ktl.Phase("head", ktl.Plan.freeze_to(-1), EPOCHS, 1e-3, restore_best=False)
    begun = time.perf_counter()
    ktl.fine_tune(model, data, ktl.Recipe("probe", (head,)), views=views, verbose=0)
    seconds = time.perf_counter() - begun
    return ktl.evaluate(model, data.test).accuracy, seconds


def row(name: str, found: Sequence[Found]) -> list[str]:
    """Returns a line of the table."""
    accuracies, seconds = zip(*found, strict=True)
    return [name, cell(accuracies), f"{statistics.median(seconds):.1f} s"]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--strength", default="light", help="light, medium or strong.")
    parser.add_argument("--out", type=Path, help="File to write the table to as well.")
    options = parser.parse_args()
    work = [(seed, name) for seed in range(options.seeds) for name in VIEWS]
    found: dict[str, list[Found]] = {name: [] for name in VIEWS}
    for seed, name in track(work, "Views", len(work), show=True):
        found[name].append(measure(seed, VIEWS[name], options.strength))
    title = (
        f"Digits, {LABELS} labels a class, augment={options.strength!r}, {EPOCHS} epochs, "
        f"{options.seeds} seeds"
    )
    header = ("training images", "accuracy", "seconds")
    table = markdown(header, [row(name, runs) for name, runs in found.items()])
    finish(f"{title}\n\n{table}", options.out, [])


if __name__ == "__main__":
    main()
