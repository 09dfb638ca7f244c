"""What reading pictures costs: against `tf.data` by hand, and as a share of training.

Writes JPEG files of 500 by 400 pixels. `reading` goes through all of them in batches, decoded and
resized, with `load_data` and with a `tf.data` pipeline of the same operations, parallel and
prefetching; the sides alternate. `training` trains all of ResNet50 at 96 px for an epoch from
those files with `augment="light"`, and from the same batches kept in memory; what the first takes
longer is what the input costs. Prints tables in Markdown.

    python benchmarks/pipeline.py --files 640 --repeats 3 --out benchmarks/results/pipeline.md
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from forgetting import finish, markdown
from PIL import Image

import keras_tl as ktl
from keras_tl.foundation.progress import track

IMAGE_SIZE = 96
BATCH = 32
PICTURE = (400, 500)
OURS, BY_HAND = "keras_tl", "tf.data by hand"
FILES, MEMORY = "from files", "from memory"

Side = Callable[[], object]


def write_folder(root: Path, files: int) -> Path:
    """Writes smooth colourful pictures with grain, of two classes."""
    generator = np.random.default_rng(0)
    for number in range(files):
        folder = root / f"class{number % 2}"
        folder.mkdir(parents=True, exist_ok=True)
        coarse = Image.fromarray(generator.integers(0, 256, (6, 8, 3), "uint8"))
        smooth = np.asarray(coarse.resize(PICTURE[::-1], Image.Resampling.BICUBIC), "float32")
        levels = np.clip(smooth + generator.normal(0, 8, smooth.shape), 0, 255)
        Image.fromarray(levels.astype("uint8")).save(folder / f"{number:05}.jpg", quality=90)
    return root


def by_hand(paths: Sequence[str]) -> tf.data.Dataset:
    """Returns the pipeline that one writes by hand, with the same decoding and resizing."""

    def read(path: tf.Tensor) -> tf.Tensor:
        encoded = tf.io.read_file(path)
        image = tf.io.decode_jpeg(encoded, channels=3, dct_method="INTEGER_ACCURATE")
        return keras.ops.image.resize(
            tf.cast(image, tf.float32),
            (IMAGE_SIZE, IMAGE_SIZE),
            antialias=True,
            crop_to_aspect_ratio=True,
        )

    shuffled = tf.data.Dataset.from_tensor_slices(list(paths)).shuffle(len(paths), seed=0)
    return shuffled.map(read, tf.data.AUTOTUNE).batch(BATCH).prefetch(tf.data.AUTOTUNE)


def drained(batches: object) -> None:
    """Goes through an epoch."""
    for _ in batches:
        pass


def reading(data: ktl.Data) -> Mapping[str, Side]:
    """Returns the two ways to read all training pictures."""
    pipeline = by_hand(data.train.names())
    split = data.train
    return {
        OURS: lambda: drained(split[number] for number in range(len(split))),
        BY_HAND: lambda: drained(pipeline),
    }


def training(data: ktl.Data) -> Mapping[str, Side]:
    """Returns an epoch of full training, from files and from memory."""
    model = ktl.build_classifier("ResNet50", data, weights=None)
    model.compile("sgd", "sparse_categorical_crossentropy")
    kept = [data.train[number] for number in range(len(data.train))]
    images, labels = (np.concatenate(part) for part in zip(*kept, strict=True))
    options = {"batch_size": BATCH, "shuffle": False, "verbose": 0}
    return {
        FILES: lambda: model.fit(data.train, shuffle=False, verbose=0),
        MEMORY: lambda: model.fit(images, labels, **options),
    }


def measured(sides: Mapping[str, Side], repeats: int, title: str) -> dict[str, list[float]]:
    """Returns the seconds of each side, alternating, after one round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for number in track(range(repeats + 1), title, repeats + 1, show=True):
        for name, run in sides.items():
            begun = time.perf_counter()
            run()
            if number:
                seconds[name].append(time.perf_counter() - begun)
    return seconds


def row(what: str, found: Mapping[str, list[float]], ratio: str, asked: str) -> list[str]:
    """Returns a line of the table."""
    medians = [f"{name}: {statistics.median(runs):.1f} s" for name, runs in found.items()]
    return [what, *medians, ratio, asked]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=640)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, help="File to write the table to as well.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        folder = write_folder(Path(root), options.files)
        shares = {"image_size": IMAGE_SIZE, "batch_size": BATCH, "validation": 0.0, "test": 0.0}
        plain = ktl.load_data(folder, **shares)
        read = measured(reading(plain), options.repeats, "Reading")
        light = ktl.load_data(folder, augment="light", **shares)
        trained = measured(training(light), options.repeats, "Training")
    speed = statistics.median(read[BY_HAND]) / statistics.median(read[OURS])
    share = 1 - statistics.median(trained[MEMORY]) / statistics.median(trained[FILES])
    rows = [
        row("reading all pictures", read, f"**{speed:.2f}x** as fast", "0.9x"),
        row("an epoch of ResNet50, all of it", trained, f"input **{share:.1%}**", "below 10 %"),
    ]
    title = f"{options.files} JPEG files of {PICTURE[1]} by {PICTURE[0]} pixels, {IMAGE_SIZE} px"
    table = markdown(("what", "one side", "the other", "found", "asked"), rows)
    finish(f"{title}, medians of {options.repeats}\n\n{table}", options.out, [])


if __name__ == "__main__":
    main()
