"""What the look at every picture costs over decoding it, and what it costs the second time.

Writes JPEG files of about 100 kB, two classes. Each repeat reads and decodes all of them with
plain TensorFlow in as many threads as there are cores, audits them with nothing remembered, and
audits them again; the sides take turns at going first. All files are in the operating system's
cache. TensorFlow compiles in the first audit of the process. Prints a table in Markdown: seconds,
and the ratio to decoding alone.

    python benchmarks/audit.py --files 10000 --repeats 3 --out benchmarks/results/audit.md
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from forgetting import finish, markdown
from PIL import Image

from keras_tl.data.auditing.audit import audit
from keras_tl.foundation.progress import track

SIZE = (600, 800, 3)
GRAIN = 8
QUALITY = 85
LONG_AGO = 1_000_000_000
MOST = 3.0
DECODING, FIRST, AGAIN = "decoding alone", "first audit", "again, remembered"

Seconds = Mapping[str, float]


def write_picture(path: Path, seed: int) -> None:
    """Writes a smooth colourful picture with grain."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 9, 3), "uint8"))
    smooth = np.asarray(coarse.resize(SIZE[1::-1], Image.Resampling.BICUBIC), "float32")
    levels = smooth + rng.normal(0, GRAIN, SIZE).astype("float32")
    Image.fromarray(np.clip(levels, 0, 255).astype("uint8")).save(path, quality=QUALITY)
    os.utime(path, (LONG_AGO, LONG_AGO))


def write_folder(root: Path, files: int) -> list[Path]:
    """Writes the pictures of two classes and returns their paths."""
    paths = [root / ("even", "odd")[number % 2] / f"{number:05}.jpg" for number in range(files)]
    for folder in {path.parent for path in paths}:
        folder.mkdir(parents=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        written = pool.map(write_picture, paths, range(files))
        for _ in track(written, "Writing files", files, show=True):
            pass
    return paths


def decode_all(paths: Sequence[Path]) -> None:
    """Reads and decodes all pictures, as one writes it by hand, and keeps none."""

    def decode_one(path: Path) -> None:
        tf.io.decode_jpeg(path.read_bytes(), channels=3, dct_method="INTEGER_ACCURATE")

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for _ in pool.map(decode_one, paths):
            pass


def audit_twice(root: Path) -> Seconds:
    """Returns the seconds of an audit from scratch and of the same again."""
    with tempfile.TemporaryDirectory() as directory:

        def look() -> None:
            str(audit(root, audit_cache=directory))

        return {FIRST: seconds(look), AGAIN: seconds(look)}


def seconds(work: Callable[[], None]) -> float:
    """Returns the seconds that some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def measure(repeat: int, root: Path, paths: Sequence[Path]) -> Seconds:
    """Runs both sides, in turns."""
    sides: list[Callable[[], Seconds]] = [
        lambda: {DECODING: seconds(lambda: decode_all(paths))},
        lambda: audit_twice(root),
    ]
    found: dict[str, float] = {}
    for side in sides[:: -1 if repeat % 2 else 1]:
        found.update(side())
    return found


def row(name: str, runs: Sequence[Seconds]) -> list[str]:
    """Returns the line of a side: its median, and the ratios of each run to decoding alone."""
    ratios = [run[name] / run[DECODING] for run in runs]
    spread = f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
    return [name, f"{statistics.median(run[name] for run in runs):.2f} s", spread]


def main() -> None:
    """Prints the table, and fails if the first audit takes too long."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path, help="File to write the table to as well.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "pictures"
        paths = write_folder(root, options.files)
        size = statistics.mean(path.stat().st_size for path in paths)
        repeats = track(range(options.repeats), "Audit", options.repeats, show=True)
        runs = [measure(repeat, root, paths) for repeat in repeats]
    ratio = statistics.median(run[FIRST] / run[DECODING] for run in runs)
    failures = [f"The first audit takes {ratio:.2f} of decoding alone."] if ratio > MOST else []
    title = (
        f"{options.files:,} JPEG files of {size / 1000:.0f} kB, {options.repeats} repeats, "
        f"{os.cpu_count()} threads"
    )
    header = ("", "median", "of decoding alone: median (least to most)")
    table = markdown(header, [row(name, runs) for name in (DECODING, FIRST, AGAIN)])
    finish(f"{title}\n\n{table}", options.out, failures)


if __name__ == "__main__":
    main()
