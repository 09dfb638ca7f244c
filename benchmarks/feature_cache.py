"""What computing the frozen part once is worth, against plain Keras doing the same batches.

Each side starts from the same weights and runs start to end: tracing, hashing, checkpoints and run
directory are included. The sides alternate; a ratio is that of the medians. Prints a table in
Markdown, and with `--plot` draws how cost grows with images, epochs and depth.

    python benchmarks/feature_cache.py --repeats 3 --plot benchmarks/results/feature_cache.png
"""

import argparse
import gc
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

import keras_tl as ktl
from keras_tl.foundation.progress import track

IMAGE_SIZE = 96
CLASSES = 10
HEAD, TOP, ALL = -1, -2, 0
GRADUAL = [(HEAD, 6), (0.75, 3), (0.5, 3), (0.25, 3), (ALL, 3)]
Seconds = tuple[float, ...]


@dataclass(frozen=True)
class Work:
    """What is trained.

    Attributes:
        name: In words.
        backbone: On what.
        phases: For each phase the freeze depth and the epochs; None thaws stage by stage.
        promised: The ratio that is promised.
        promised_filled: The one promised for the same again on a filled cache; None skips that.
    """

    name: str
    backbone: str
    phases: Sequence[tuple[float, int]] | None
    promised: float
    promised_filled: float | None = None


TABLE = (
    Work("linear probe, 10 epochs", "EfficientNetB0", [(HEAD, 10)], 7.0, 50.0),
    Work("linear probe, 10 epochs", "ResNet50", [(HEAD, 10)], 7.0, 50.0),
    Work("LP-FT, 5 + 5 epochs, top stage", "EfficientNetB0", [(HEAD, 5), (TOP, 5)], 2.5),
    Work("gradual unfreezing, the recipe's 6 + 4 x 3 epochs", "EfficientNetB0", GRADUAL, 1.3),
    Work("gradual unfreezing, an epoch a stage", "EfficientNetB0", None, 1.3),
    Work("full fine-tuning, 3 epochs", "EfficientNetB0", [(ALL, 3)], 0.97),
)


def load(images: int) -> ktl.Data:
    """Returns random pictures: what they show does not matter to the clock."""
    generator = np.random.default_rng(0)
    pictures = generator.integers(0, 256, (images, IMAGE_SIZE, IMAGE_SIZE, 3), dtype=np.uint8)
    labels = np.arange(images) % CLASSES
    return ktl.load_data((pictures, labels), image_size=IMAGE_SIZE, validation=0.1, test=0.0)


def build(work: Work, data: ktl.Data) -> keras.Model:
    """Builds the classifier; the same weights every time."""
    keras.utils.clear_session()
    gc.collect()
    return ktl.build_classifier(work.backbone, data, weights=None)


def recipe(work: Work, model: keras.Model) -> ktl.Recipe:
    """Returns the phases of a row as a recipe that keeps the last epoch."""
    stages = len(ktl.chain(model))
    phases = work.phases or [(depth, 1) for depth in range(stages - 1, -1, -1)]
    return ktl.Recipe(
        work.name,
        tuple(
            ktl.Phase(f"depth {depth}", ktl.Plan.freeze_to(depth), epochs, restore_best=False)
            for depth, epochs in phases
        ),
    )


def ours(work: Work, data: ktl.Data, cache: bool | str | Path) -> float:
    """Returns the seconds that `fine_tune` takes."""
    model = build(work, data)
    phases = recipe(work, model)
    directory = tempfile.mkdtemp()
    begun = time.perf_counter()
    ktl.fine_tune(model, data, phases, cache=cache, run_dir=directory, verbose=0)
    seconds = time.perf_counter() - begun
    shutil.rmtree(directory)
    return seconds


def plain(work: Work, data: ktl.Data) -> float:
    """Returns the seconds that `compile` and `fit` take, phase by phase, with layers frozen."""
    model = build(work, data)
    phases = recipe(work, model)
    chain = ktl.chain(model)
    begun = time.perf_counter()
    for phase in phases:
        first = chain.index(phase.plan.trained[0].first)
        for number, stage in enumerate(chain):
            for layer in stage.layers:
                is_norm = isinstance(layer, keras.layers.BatchNormalization)
                layer.trainable = number >= first and not is_norm
        model.compile(keras.optimizers.Adam(phase.learning_rate), "sparse_categorical_crossentropy")
        model.fit(
            data.train,
            validation_data=data.validation,
            epochs=phase.epochs,
            shuffle=False,
            verbose=0,
        )
    return time.perf_counter() - begun


def alternated(work: Work, data: ktl.Data, repeats: int) -> Iterator[Seconds]:
    """Yields the seconds of plain Keras, of `fine_tune`, and of that on a filled cache."""
    for _ in range(repeats):
        found = [plain(work, data), ours(work, data, "auto")]
        if work.promised_filled is not None:
            with tempfile.TemporaryDirectory() as shared:
                ours(work, data, shared)
                found.append(ours(work, data, shared))
        yield tuple(found)


def rows(work: Work, data: ktl.Data, repeats: int) -> Iterator[tuple[bool, str]]:
    """Yields the lines of a work as Markdown, and whether each holds what is promised."""
    seconds = track(alternated(work, data, repeats), work.name, repeats, show=True)
    before, *after = zip(*seconds, strict=True)
    names = (f"{work.name}, {work.backbone}", f"the same on a filled cache, {work.backbone}")
    promises = (work.promised, work.promised_filled)
    for name, found, promised in zip(names, after, promises, strict=False):
        ratio = statistics.median(before) / statistics.median(found)
        ratios = [one / other for one, other in zip(before, found, strict=True)]
        cells = [
            name,
            f"{statistics.median(before):.1f} s",
            f"{statistics.median(found):.1f} s",
            f"**{ratio:.2f}x** ({min(ratios):.2f} to {max(ratios):.2f})",
            f"{promised:g}x",
        ]
        yield ratio >= (promised or 0), f"| {' | '.join(cells)} |"


def sweep(draw: Callable[[str, Sequence[float], list[Seconds]], None]) -> None:
    """Measures how cost grows, one side of the work at a time, on a smaller backbone."""
    few = load(500)
    epochs = (1, 2, 5, 10)
    works = [Work("probe", "MobileNetV2", [(HEAD, n)], 1.0) for n in epochs]
    draw("epochs", epochs, [next(alternated(work, few, 1)) for work in works])
    probe = Work("probe", "MobileNetV2", [(HEAD, 5)], 1.0)
    sizes = (250, 500, 1000, 2000)
    draw("images", sizes, [next(alternated(probe, load(n), 1)) for n in sizes])
    depths = (-1, -2, -3, -4, -5)
    works = [Work("stages", "MobileNetV2", [(depth, 5)], 1.0) for depth in depths]
    found = [next(alternated(work, few, 1)) for work in works]
    draw("trainable stages, counted from the head", [-1 - depth for depth in depths], found)


def plot(path: str) -> None:
    """Draws seconds of both sides against images, epochs and depth."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    free = iter(axes)

    def draw(what: str, values: Sequence[float], found: list[Seconds]) -> None:
        axis = next(free)
        for side, seconds in zip(
            ("plain Keras", "keras_tl"), zip(*found, strict=True), strict=True
        ):
            axis.plot(values, seconds, marker="o", label=side)
        axis.set(xlabel=what, ylabel="seconds, start to end", ylim=(0, None))
        axis.legend()

    sweep(draw)
    figure.suptitle(
        f"MobileNetV2 at {IMAGE_SIZE} px, 500 images, head-only for 5 epochs unless varied"
    )
    figure.savefig(path, dpi=120)


def main() -> None:
    """Prints the table; ends with 1 if a row falls short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=2222, help="A tenth is for validation.")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--rows", type=int, nargs="*", default=list(range(len(TABLE))))
    parser.add_argument("--plot", help="Where to draw how cost grows.")
    options = parser.parse_args()
    data = load(options.images)
    size = f"{data.train.size} images, {IMAGE_SIZE} px"
    print(f"\n| {size} | plain Keras | keras_tl | ratio (least to most) | at least |")
    print("|---|---|---|---|---|")
    holds = []
    for number in options.rows:
        for is_kept, line in rows(TABLE[number], data, options.repeats):
            print(line, flush=True)
            holds.append(is_kept)
    if options.plot:
        plot(options.plot)
    if not all(holds):
        sys.exit("Not every ratio is what is promised.")


if __name__ == "__main__":
    main()
