"""What a search costs, against stock KerasTuner with a two-phase `HyperModel.fit`.

Three parts, chosen with `--parts`: `list` runs the same list of trials on both sides; `race` takes
the time until the accuracy that stock Hyperband reaches, on a space of depths and rates; `memory`
runs 50 trials; each prints lines of a table in Markdown. The pictures are scikit-learn's digits,
and a generated folder of 1,000 colour pictures.

    python benchmarks/search.py --parts list race memory --repeats 3
"""

import argparse
import gc
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import keras_tuner as kt
import numpy as np
import psutil
from PIL import Image

import keras_tl as ktl
from keras_tl.foundation.progress import track
from keras_tl.tuning.tuner import TransferTuner

IMAGE_SIZE = 64
EPOCHS = 4
DEPTHS = [0, 1, 2, 3]
HEAD_RATE, BACKBONE_RATE = 1e-3, 1e-4
HEAD_RATES, BACKBONE_RATES = (1e-4, 1e-2), (1e-5, 1e-3)
RACE_EPOCHS = 9
MODEL = {"weights": "glyphs", "pooling": "flatten"}
PICTURES, CLASSES = 1000, 10
NAMES = ("digits", "1,000 colour pictures")


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Attributes:
        seconds: Start to end.
        score: Best validation accuracy.
        kept: Bytes left on disk.
        largest: Bytes of a model file.
    """

    seconds: float
    score: float
    kept: int
    largest: int


def colours(directory: Path) -> Path:
    """Writes a folder of colour pictures: two gratings in the colours of the class, in noise."""
    generator = np.random.default_rng(0)
    across, down = np.meshgrid(np.linspace(0, 1, 80), np.linspace(0, 1, 80))
    for number in range(PICTURES):
        label = number % CLASSES
        (directory / f"class{label}").mkdir(parents=True, exist_ok=True)
        angle, pitch = np.pi * label / CLASSES + generator.normal(0, 0.12), 5 + label % 3
        wave = np.sin(2 * np.pi * pitch * (across * np.cos(angle) + down * np.sin(angle)))
        tint = np.array([np.cos(label), np.sin(label), np.cos(2 * label)])
        levels = 128 + 45 * wave[..., None] * (1 + tint) + generator.normal(0, 45, (80, 80, 3))
        picture = Image.fromarray(np.clip(levels, 0, 255).astype("uint8"))
        picture.save(directory / f"class{label}" / f"{number}.png")
    return directory


def load(name: str, seed: int, folder: Path) -> ktl.Data:
    """Loads digits, or the folder."""
    return ktl.load_data("digits" if name == "digits" else folder, image_size=IMAGE_SIZE, seed=seed)


class TwoPhases(kt.HyperModel):
    """What the guides of Keras do in a `HyperModel`: the head, then the last stages as well."""

    def __init__(self, data: ktl.Data, *, varies_rates: bool) -> None:
        super().__init__()
        self.data, self.varies_rates = data, varies_rates

    def build(self, hp: kt.HyperParameters) -> keras.Model:
        """Builds a classifier on a frozen backbone."""
        hp.Choice("trainable_stages", DEPTHS)
        if self.varies_rates:
            hp.Float("head_rate", *HEAD_RATES, sampling="log")
            hp.Float("backbone_rate", *BACKBONE_RATES, sampling="log")
        model = ktl.build_classifier("MobileNetV2", self.data, **MODEL)
        thaw(model, 0)
        compiled(model, HEAD_RATE)
        return model

    def fit(
        self,
        hp: kt.HyperParameters,
        model: keras.Model,
        *_: Any,
        callbacks: Sequence[Any],
        epochs: int = EPOCHS,
        initial_epoch: int = 0,
        **__: Any,
    ) -> keras.callbacks.History:
        """Trains the head, thaws, compiles again and goes on; a promoted trial only goes on."""
        pictures = (self.data.train,)
        more = {"validation_data": self.data.validation, "epochs": epochs, "verbose": 0}
        if not initial_epoch:
            model.fit(*pictures, **more)
        depth = hp.get("trainable_stages")
        thaw(model, depth)
        compiled(model, self._rate(hp, "backbone_rate" if depth else "head_rate"))
        return model.fit(*pictures, callbacks=callbacks, initial_epoch=initial_epoch, **more)

    def _rate(self, hp: kt.HyperParameters, name: str) -> float:
        if self.varies_rates:
            return hp.get(name)
        return BACKBONE_RATE if name == "backbone_rate" else HEAD_RATE


def thaw(model: keras.Model, stages: int) -> None:
    """Sets the flags of the last stages; BatchNorm stays frozen."""
    chain = ktl.chain(model)
    for number, stage in enumerate(chain):
        for layer in stage.layers:
            is_norm = isinstance(layer, keras.layers.BatchNormalization)
            layer.trainable = number >= len(chain) - 1 - stages and not is_norm


def compiled(model: keras.Model, rate: float) -> None:
    """Compiles with Adam."""
    model.compile(
        keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )


def stock(data: ktl.Data, seed: int, directory: Path, **options: int) -> kt.Tuner:
    """Runs stock KerasTuner: its grid, or Hyperband with `max_epochs`."""
    hypermodel = TwoPhases(data, varies_rates=bool(options))
    where = {"objective": "val_accuracy", "directory": str(directory), "overwrite": True}
    if options:
        tuner = kt.Hyperband(hypermodel, seed=seed + 1, **options, **where)
    else:
        tuner = kt.GridSearch(hypermodel, seed=seed + 1, **where)
    tuner.search(data.train, validation_data=data.validation, verbose=0)
    return tuner


def ours(data: ktl.Data, seed: int, directory: Path, **options: object) -> ktl.SearchResult:
    """Runs `search`, by default on the same list: all depths."""
    return ktl.search(
        data,
        **{
            "backbones": "MobileNetV2",
            **MODEL,
            "space": space(HEAD_RATE, BACKBONE_RATE),
            "oracle": "grid",
            "max_trials": len(DEPTHS),
            "epochs": EPOCHS,
            "run_dir": directory,
            "seed": seed,
            "verbose": 0,
            **options,
        },
    )


def space(head_rate: object, backbone_rate: object) -> dict[str, object]:
    """Returns depths and rates to search, all else as the other side has it."""
    return {
        "trainable_stages": DEPTHS,
        "head_rate": head_rate,
        "backbone_rate": backbone_rate,
        "layer_decay": 1.0,
        "dropout": 0.0,
        "label_smoothing": 0.0,
        "recipe": "lp-ft",
    }


def weighed(directory: Path) -> tuple[int, int]:
    """Returns the bytes in a directory, and those of its largest file."""
    sizes = [path.stat().st_size for path in directory.rglob("*") if path.is_file()]
    return sum(sizes), max(sizes)


def timed(side: str, name: str, seed: int, folder: Path) -> Found:
    """Runs one side of the same list of trials."""
    keras.utils.clear_session()
    gc.collect()
    with tempfile.TemporaryDirectory() as root:
        directory = Path(root)
        begun = time.perf_counter()
        data = load(name, seed, folder)
        if side == "stock":
            best = stock(data, seed, directory).oracle.get_best_trials()[0].score
        else:
            best = ours(data, seed, directory).best.score
        return Found(time.perf_counter() - begun, best, *weighed(directory))


def same_list(repeats: int, folder: Path) -> Iterator[str]:
    """Yields lines: the same list of trials on both sides, alternating."""
    columns = ("pictures", "stock KerasTuner", "keras_tl", "ratio (least to most)", "at least")
    yield line(*columns, "accuracy, ours less stock, points", "on disk, ours")
    yield line(*["---"] * 7)
    for name in NAMES:
        pairs = [
            (timed("stock", name, seed, folder), timed("ours", name, seed, folder))
            for seed in track(range(repeats), name, repeats, show=True)
        ]
        theirs, own = zip(*pairs, strict=True)
        ratios = [one.seconds / other.seconds for one, other in pairs]
        before, after = (statistics.median(f.seconds for f in side) for side in (theirs, own))
        gained = [100 * (other.score - one.score) for one, other in pairs]
        disk, largest = (
            max(sizes) / 1e6 for sizes in zip(*((f.kept, f.largest) for f in own), strict=True)
        )
        yield line(
            name,
            f"{before:.0f} s",
            f"{after:.0f} s",
            f"**{before / after:.2f}x** ({min(ratios):.2f} to {max(ratios):.2f})",
            "2x",
            f"{statistics.mean(gained):+.2f} ({min(gained):+.2f} to {max(gained):+.2f})",
            f"{disk:.0f} MB, models of {largest:.0f} MB",
        )


def race(repeats: int, folder: Path) -> Iterator[str]:
    """Yields lines: the time until the accuracy that stock Hyperband reaches."""
    yield line(
        "pictures, seed", "Hyperband reaches", "after", "keras_tl after", "ratio", "at least"
    )
    yield line(*["---"] * 6)
    for seed, name in ((seed, name) for seed in range(repeats) for name in NAMES):
        keras.utils.clear_session()
        data = load(name, seed, folder)
        gc.collect()
        with tempfile.TemporaryDirectory() as root:
            begun = time.perf_counter()
            tuner = stock(data, seed, Path(root), max_epochs=RACE_EPOCHS, factor=3)
            target, spent = tuner.oracle.get_best_trials()[0].score, time.perf_counter() - begun
            seconds = time_to(target, data, seed, Path(root) / "ours")
        reached = "not reached" if seconds is None else f"{seconds:.0f} s"
        ratio = "-" if seconds is None else f"**{spent / seconds:.2f}x**"
        yield line(f"{name}, {seed}", f"{target:.1%}", f"{spent:.0f} s", reached, ratio, "4x")


def time_to(target: float, data: ktl.Data, seed: int, directory: Path) -> float | None:
    """Returns the seconds until a search of ours has a trial that reaches `target`.

    All that is not a trial, the report and the look at the test split among it, counts as before.
    """
    begun = time.perf_counter()
    asked = {"oracle": "halving", "max_trials": 12, "epochs": RACE_EPOCHS}
    result = ours(data, seed, directory, space=space(HEAD_RATES, BACKBONE_RATES), **asked)
    total = time.perf_counter() - begun
    reached = [trial.score is not None and trial.score >= target for trial in result.trials]
    if not any(reached):
        return None
    return total - sum(trial.seconds for trial in result.trials[reached.index(True) + 1 :])


def memory(trials: int) -> Iterator[str]:
    """Yields lines: memory of this process after 5 trials and after all."""
    sizes: list[int] = []
    original = TransferTuner.on_trial_end

    def note(self: TransferTuner, trial: Any) -> None:
        original(self, trial)
        gc.collect()
        sizes.append(psutil.Process().memory_info().rss)

    TransferTuner.on_trial_end = note
    data = ktl.load_data("digits", image_size=IMAGE_SIZE, labels_per_class=10)
    depths = {"trainable_stages": [0, 1, 2], "recipe": "lp-ft"}
    with tempfile.TemporaryDirectory() as root:
        ours(data, 0, Path(root), oracle="random", max_trials=trials, epochs=1, space=depths)
    TransferTuner.on_trial_end = original
    yield line("trials", "after 5", "after all", "growth", "at most")
    yield line(*["---"] * 5)
    early, late = sizes[4], sizes[-1]
    growth = f"{late / early - 1:+.1%}"
    yield line(trials, f"{early / 1e6:.0f} MB", f"{late / 1e6:.0f} MB", growth, "+10 %")


def line(*cells: object) -> str:
    """Returns a line of a table in Markdown."""
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Prints the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", default=["list", "race", "memory"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--trials", type=int, default=50, help="Of the part `memory`.")
    options = parser.parse_args()
    folder = colours(Path(tempfile.mkdtemp()))
    parts = {
        "list": lambda: same_list(options.repeats, folder),
        "race": lambda: race(options.repeats, folder),
        "memory": lambda: memory(options.trials),
    }
    for name in options.parts:
        for text in parts[name]():
            print(text, flush=True)
        print(flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
