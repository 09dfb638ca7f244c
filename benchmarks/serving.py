"""What each export format costs, beside `model.predict` and the plain Keras export.

Models have random weights, which cost what others do. In one process, on the same 224 px images,
the sides take turns; each takes all cores. Decoded images go into `model.predict`, into the
signature of the plain `model.export` and of ours, into LiteRT (float32, float16, int8) and into
ONNX. Encoded ones, JPEG of 500 by 400 pixels, go into our `serving_default`, and through a
`tf.data` pipeline of the same operations by hand into our decoded signature. Last, a folder goes
into a CSV file by `predict_to_csv`, and by hand through `tf.data` and `model.predict`. Prints
tables in Markdown.

    python benchmarks/serving.py --repeats 5 --out benchmarks/results/serving.md
"""

import argparse
import csv
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from forgetting import finish, markdown
from pipeline import write_folder

import keras_tl as ktl
from keras_tl.foundation.progress import track
from keras_tl.foundation.tables import size
from keras_tl.serving.proving.measure import bytes_of

MODELS = ("MobileNetV3Small", "EfficientNetV2B0", "ResNet50", "ConvNeXtTiny")
IMAGE_SIZE = 224
CLASSES = [f"class{number}" for number in range(10)]
BATCH = 32
ONE_BY_ONE = 5
PAIRS = 20
PARALLEL = 2 * (os.cpu_count() or 1)  # for single batches faster than AUTOTUNE
PREDICT, PLAIN, OURS = "`model.predict`", "plain `model.export`", "SavedModel"
FROM_BYTES, BY_HAND = "SavedModel, from bytes", "`tf.data` by hand"
TO_CSV = "`predict_to_csv`"

Side = Callable[[Any], object]


def exports(model: keras.Model, images: Sequence[Path], folder: Path) -> dict[str, Path]:
    """Writes a model in every format; returns where."""
    paths = {
        PLAIN: folder / "plain",
        OURS: folder / "1",
        "LiteRT float32": folder / "float32.tflite",
        "LiteRT float16": folder / "float16.tflite",
        "LiteRT int8": folder / "int8.tflite",
        "ONNX": folder / "model.onnx",
    }
    model.export(paths[PLAIN], verbose=False)
    ktl.export_saved_model(model, paths[OURS], verify_on=None)
    for precision, typical in (("float32", None), ("float16", None), ("int8", images)):
        options = {"precision": precision, "representative": typical}
        ktl.export_litert(model, paths[f"LiteRT {precision}"], verify_on=None, **options)
    ktl.export_onnx(model, paths["ONNX"], verify_on=None)
    return paths


def of_saved_model(path: Path, signature: str, output: str) -> Side:
    """Returns the function of a signature of a SavedModel, as a server calls it."""
    loaded = tf.saved_model.load(str(path))
    answer = loaded.signatures[signature]
    (name,) = answer.structured_input_signature[1]
    return lambda given, _=loaded: answer(**{name: tf.constant(given)})[output].numpy()


def of_plain(path: Path) -> Side:
    """Returns the function of the plain export."""
    return of_saved_model(path, "serving_default", "output_0")


def of_ours(path: Path) -> Side:
    """Returns the function of our SavedModel on decoded images."""
    return of_saved_model(path, "serving_images", "probabilities")


def of_litert(path: Path) -> Side:
    """Returns the function of a LiteRT file."""
    from ai_edge_litert.interpreter import Interpreter

    run = Interpreter(str(path), num_threads=os.cpu_count()).get_signature_runner()
    return lambda images: run(images=images)["probabilities"]


def of_onnx(path: Path) -> Side:
    """Returns the function of an ONNX file."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return lambda images: session.run(["probabilities"], {"images": images})[0]


LOADERS = {".tflite": of_litert, ".onnx": of_onnx}


def sides(model: keras.Model, paths: Mapping[str, Path]) -> dict[str, Side]:
    """Returns what takes decoded images."""
    found: dict[str, Side] = {PREDICT: lambda images: model.predict(images, verbose=0)}
    for name, path in paths.items():
        loader = of_plain if name == PLAIN else LOADERS.get(path.suffix, of_ours)
        found[name] = loader(path)
    return found


def read(encoded: tf.Tensor) -> tf.Tensor:
    """Decodes a JPEG and brings it to the size, as one writes it by hand."""
    image = tf.io.decode_jpeg(encoded, channels=3, dct_method="INTEGER_ACCURATE")
    shape = (IMAGE_SIZE, IMAGE_SIZE)
    options = {"antialias": True, "crop_to_aspect_ratio": True}
    return keras.ops.image.resize(tf.cast(image, tf.float32), shape, **options)


def by_hand(answer: Side, encoded: Sequence[bytes]) -> Callable[[], object]:
    """Returns a parallel `tf.data` pipeline that ends in the decoded signature, built once."""
    data = tf.data.Dataset.from_tensor_slices(list(encoded)).map(read, PARALLEL)
    batches = data.batch(BATCH)
    return lambda: [answer(images) for images in batches]


def measured(
    runs: Mapping[str, Callable[[], object]], repeats: int, title: str
) -> dict[str, list[float]]:
    """Returns the seconds of each side, taking turns, after one round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for number in track(range(repeats + 1), title, repeats + 1, show=True):
        for name, run in runs.items() if number % 2 else reversed(runs.items()):
            begun = time.perf_counter()
            run()
            if number:
                seconds[name].append(time.perf_counter() - begun)
    return seconds


def of_images(found: Mapping[str, Side], repeats: int, name: str) -> tuple[dict, dict]:
    """Returns seconds for one image, medians of `ONE_BY_ONE`, and for a batch."""
    images = np.random.default_rng(0).integers(0, 256, (BATCH, IMAGE_SIZE, IMAGE_SIZE, 3))
    images = images.astype("float32")

    def single(side: Side) -> Callable[[], object]:
        return lambda: [side(images[number : number + 1]) for number in range(ONE_BY_ONE)]

    ones = measured({key: single(side) for key, side in found.items()}, repeats, f"{name}, one")
    batches = {key: lambda side=side: side(images) for key, side in found.items()}
    together = measured(batches, repeats, f"{name}, {BATCH}")
    one = {key: statistics.median(runs) / ONE_BY_ONE for key, runs in ones.items()}
    return one, {key: statistics.median(runs) for key, runs in together.items()}


def of_bytes(path: Path, pictures: Sequence[Path], repeats: int, name: str) -> float:
    """Returns how fast the bytes signature is, as a multiple of the pipeline by hand."""
    encoded = [picture.read_bytes() for picture in pictures[:BATCH]]
    answer = of_saved_model(path, "serving_default", "probabilities")
    hand = by_hand(of_ours(path), encoded)
    np.testing.assert_allclose(answer(encoded), hand()[0], atol=1e-4)
    runs = {FROM_BYTES: lambda: answer(encoded), BY_HAND: hand}
    seconds = measured(runs, repeats, f"{name}, bytes")
    ratios = np.divide(seconds[BY_HAND], seconds[FROM_BYTES])
    return float(np.median(ratios))


def of_one_image(paths: Mapping[str, Path], repeats: int, name: str) -> float:
    """Returns the latency of our decoded signature over that of the plain export, call by call."""
    image = np.random.default_rng(0).integers(0, 256, (1, IMAGE_SIZE, IMAGE_SIZE, 3))
    both = {PLAIN: of_plain(paths[PLAIN]), OURS: of_ours(paths[OURS])}
    calls = {key: lambda side=side: side(image.astype("float32")) for key, side in both.items()}
    seconds = measured(calls, repeats * PAIRS, f"{name}, latency")
    return float(np.median(np.divide(seconds[OURS], seconds[PLAIN])))


def csv_by_hand(model: keras.Model, folder: Path, out: Path) -> None:
    """Classifies a folder into a CSV file as one writes it by hand."""
    paths = sorted(str(path) for path in folder.rglob("*.jpg"))
    data = tf.data.Dataset.from_tensor_slices(paths)
    images = data.map(lambda path: read(tf.io.read_file(path)), PARALLEL).batch(BATCH)
    found = model.predict(images.prefetch(tf.data.AUTOTUNE), verbose=0)
    with open(out, "w", newline="") as file:
        rows = zip(paths, found.argmax(axis=1), found, strict=True)
        csv.writer(file).writerows([path, CLASSES[best], *row] for path, best, row in rows)


def of_folder(model: keras.Model, folder: Path, repeats: int) -> dict[str, list[float]]:
    """Returns the seconds for all pictures of a folder, ours and by hand."""
    out = folder.parent / "out.csv"
    runs = {
        TO_CSV: lambda: ktl.predict_to_csv(model, folder, out, verbose=0),
        BY_HAND: lambda: csv_by_hand(model, folder, out),
    }
    return measured(runs, repeats, "CSV")


def format_rows(name: str, paths: Mapping[str, Path], one: Mapping, many: Mapping) -> list:
    """Returns a line for each side of a model."""
    return [
        [
            name,
            side,
            size(bytes_of(paths[side])) if side in paths else "",
            f"{one[side] * 1e3:.1f}",
            f"{one[PLAIN] / one[side]:.2f}x",
            f"{BATCH / many[side]:.1f}",
        ]
        for side in one
    ]


def promises(name: str, latency: float, bytes_ratio: float) -> list[list[str]]:
    """Returns what was asked of a model's SavedModel, and what was found."""
    slower = latency - 1
    return [
        [name, f"bytes at batch {BATCH} against {BY_HAND}", f"**{bytes_ratio:.2f}x**", "0.9x"],
        [name, "latency of one image against the plain export", f"**{slower:+.1%}**", "+5 %"],
    ]


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--files", type=int, default=640, help="Pictures for the CSV file.")
    parser.add_argument("--out", type=Path, help="File to write the tables to as well.")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message=".*unproven")
    formats, asked = [], []
    with tempfile.TemporaryDirectory() as root:
        folder = write_folder(Path(root, "pictures"), options.files)
        pictures = sorted(folder.rglob("*.jpg"))
        for name in options.models:
            model = ktl.build_classifier(name, CLASSES, weights=None, image_size=IMAGE_SIZE)
            place = Path(root, name)
            place.mkdir()
            paths = exports(model, pictures[:16], place)
            one, many = of_images(sides(model, paths), options.repeats, name)
            formats += format_rows(name, paths, one, many)
            latency = of_one_image(paths, options.repeats, name)
            faster = of_bytes(paths[OURS], pictures, options.repeats, name)
            asked += promises(name, latency, faster)
            if name == options.models[0]:
                seconds = of_folder(model, folder, max(3, options.repeats // 3))
                ratio = np.median(np.divide(seconds[BY_HAND], seconds[TO_CSV]))
                rate = len(pictures) / statistics.median(seconds[TO_CSV])
                what = f"{len(pictures)} files into CSV, {rate:.0f} a second, against {BY_HAND}"
                asked.append([name, what, f"**{ratio:.2f}x**", ""])
    columns = ("model", "side", "size", "ms, one image", "speed", f"images/s, batch of {BATCH}")
    tables = [
        f"{IMAGE_SIZE} px, random weights, {os.cpu_count()} cores, medians of {options.repeats}",
        markdown(columns, formats),
        markdown(("model", "what", "found", "asked"), asked),
    ]
    finish("\n\n".join(tables), options.out, [])


if __name__ == "__main__":
    main()
