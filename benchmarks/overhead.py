"""What `fine_tune` costs over plain Keras that trains the same two phases, in one process.

Both sides train MobileNetV2 with random weights on random images, first the head, then everything
but BatchNorm, from the same batches, with the same optimizers and schedules, and save each epoch
what it takes to go on: `BackupAndRestore` on one side, `run_dir` on the other, which also writes
TensorBoard's logs. With `--no-saving` neither saves. The sides take turns at going first. The first
epoch of a phase, which holds the tracing, is left out. Prints a table in Markdown: seconds an
epoch, and the ratio. On a machine that others use too, `--clock cpu` is the steadier measure.

    python benchmarks/overhead.py --repeats 7 --out benchmarks/results/overhead.md
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from forgetting import finish, markdown

import keras_tl as ktl
from keras_tl.foundation.progress import track

IMAGE_SIZE = 96
CLASSES = 10
RATES = (1e-3, 1e-4)
MOST = 1.03
PHASES = ("head only", "everything")
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}

Side = Callable[[keras.Model, ktl.Data, int, "Clock", Path | None], None]


class Clock(keras.callbacks.Callback):
    """Notes when epochs begin, phase by phase, and when the last one has ended."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self.now = now
        self.phases: list[list[float]] = []

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Opens a phase."""
        self.phases.append([])

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Notes the time; what follows the epoch before has been done by now."""
        self.phases[-1].append(self.now())

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Notes the end of the last epoch."""
        self.phases[-1].append(self.now())

    def steady(self) -> np.ndarray:
        """Returns the mean seconds of an epoch after the first, for each phase."""
        return np.array([np.diff(times)[1:].mean() for times in self.phases])


def random_data(images: int) -> ktl.Data:
    """Draws images with random labels, held in memory, all of them to train on."""
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (images, IMAGE_SIZE, IMAGE_SIZE, 3), "uint8")
    labels = np.arange(images) % CLASSES
    return ktl.load_data((pixels, labels), image_size=IMAGE_SIZE, validation=0, test=0)


def plain_keras(
    model: keras.Model, data: ktl.Data, epochs: int, clock: Clock, folder: Path | None
) -> None:
    """Trains in two fits, as one writes it by hand."""
    falling = keras.optimizers.schedules.CosineDecay(RATES[1], epochs * len(data.train))
    for phase, rate in enumerate((RATES[0], falling)):
        for layer in model.layers:
            is_norm = isinstance(layer, keras.layers.BatchNormalization)
            layer.trainable = layer.name == "head_logits" or (phase == 1 and not is_norm)
        model.compile(
            keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"]
        )
        callbacks: list[keras.callbacks.Callback] = [clock]
        if folder is not None:
            callbacks.append(keras.callbacks.BackupAndRestore(str(folder / f"phase{phase}")))
        model.fit(data.train, epochs=epochs, shuffle=False, verbose=0, callbacks=callbacks)


def fine_tuned(
    model: keras.Model, data: ktl.Data, epochs: int, clock: Clock, folder: Path | None
) -> None:
    """Trains by the recipe that means the same, the whole model in each batch."""
    recipe = ktl.recipe("lp-ft", learning_rate=RATES[0], fine_tuning_rate=RATES[1], patience=None)
    options = {"epochs": epochs, "callbacks": [clock], "cache": False, "verbose": 0}
    ktl.fine_tune(model, data, recipe, run_dir=folder, **options)


SIDES: dict[str, Side] = {"plain Keras": plain_keras, "fine_tune": fine_tuned}


def measure(
    repeat: int, data: ktl.Data, epochs: int, saving: bool, now: Callable[[], float]
) -> dict[str, np.ndarray]:
    """Runs both sides, in turns, and returns the seconds of an epoch of each phase."""
    found = {}
    for name in list(SIDES)[:: -1 if repeat % 2 else 1]:
        keras.utils.clear_session()
        keras.utils.set_random_seed(0)
        model = ktl.build_classifier("MobileNetV2", data, weights=None)
        clock = Clock(now)
        with tempfile.TemporaryDirectory() as folder:
            SIDES[name](model, data, epochs, clock, Path(folder) if saving else None)
        found[name] = clock.steady()
    return found


def summarise(runs: Sequence[Mapping[str, np.ndarray]]) -> tuple[str, float]:
    """Returns the table, and the median ratio over both phases."""
    plain, ours = (np.array([run[name] for run in runs]) for name in SIDES)
    plain, ours = (np.column_stack([side, side.sum(axis=1)]) for side in (plain, ours))
    ratios = ours / plain
    rows = [
        (
            title,
            f"{np.median(plain[:, i]):.2f} s",
            f"{np.median(ours[:, i]):.2f} s",
            f"{np.median(ratios[:, i]):.3f} ({ratios[:, i].min():.3f} to {ratios[:, i].max():.3f})",
        )
        for i, title in enumerate((*PHASES, "an epoch of each"))
    ]
    header = ("phase", *(f"{name}, an epoch" for name in SIDES), "ratio: median (min to max)")
    return markdown(header, rows), float(np.median(ratios[:, -1]))


def main() -> None:
    """Prints the table, and fails if the ratio is too large."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--epochs", type=int, default=3, help="Epochs of each phase; 2 or more.")
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="Wall or CPU seconds.")
    parser.add_argument("--saving", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--out", type=Path, help="File to write the table to as well.")
    options = parser.parse_args()
    data = random_data(options.images)
    repeats = track(range(options.repeats), "Overhead", options.repeats, show=True)
    settings = (data, options.epochs, options.saving, CLOCKS[options.clock])
    runs = [measure(repeat, *settings) for repeat in repeats]
    table, ratio = summarise(runs)
    failures = [f"fine_tune takes {ratio:.3f} of plain Keras's time."] if ratio > MOST else []
    saving = "saving each epoch" if options.saving else "saving nothing"
    title = f"{options.images} images, {options.repeats} repeats, {saving}, {options.clock} seconds"
    finish(f"{title}\n\n{table}", options.out, failures)


if __name__ == "__main__":
    main()
