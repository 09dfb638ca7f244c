"""What a report of 2,000 test images costs: the first time, and on a filled cache.

Writes JPEG files of ten classes, coarse patterns with grain and one label in fifty wrong, trains a
linear head on a frozen backbone, and writes its report: once with nothing kept, then on the
features and the predictions that the first report kept. Data are loaded and the model is read each
time; the import of the libraries is not counted, nor are the baselines, which are scored once and
kept. Prints a table in Markdown: seconds, of the filled cache the median.

    python benchmarks/report.py --repeats 3 --out benchmarks/results/report.md
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from forgetting import finish, markdown
from PIL import Image

import keras_tl as ktl
from keras_tl.foundation.progress import track

CLASSES, TEST, OTHERS = 10, 2000, 2000
SIDE, GRAIN, WRONG = 120, 60, 0.02
LONG_AGO = 1_000_000_000
MOST = 20.0


@dataclass(frozen=True)
class Network:
    """A backbone, its weights, the size of its images, and where it ends."""

    name: str
    weights: str | None
    size: int
    boundary: str | None = None

    def __str__(self) -> str:
        return f"{self.name}, {self.weights or 'random'} weights, {self.size} px"


NETWORKS = (
    Network("MobileNetV2", "glyphs", 64, "stage4"),
    Network("MobileNetV2", None, 128),
    Network("EfficientNetV2B0", None, 128),
)


def write_picture(root: Path, number: int) -> None:
    """Writes a pattern of its class with grain; a few lie in the folder of another class."""
    label = number % CLASSES
    pattern = np.random.default_rng(label).integers(0, 256, (5, 5, 3), "uint8")
    smooth = Image.fromarray(pattern).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    own = np.random.default_rng((1, number))
    levels = np.asarray(smooth, "float32") + own.normal(0, GRAIN, (SIDE, SIDE, 3))
    folder = (label + 1) % CLASSES if own.random() < WRONG else label
    path = root / f"class {folder}" / f"{number:05}.jpg"
    Image.fromarray(np.clip(levels, 0, 255).astype("uint8")).save(path, quality=85)
    os.utime(path, (LONG_AGO, LONG_AGO))


def write_folder(root: Path) -> None:
    """Writes all pictures."""
    for label in range(CLASSES):
        (root / f"class {label}").mkdir(parents=True)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        written = pool.map(write_picture, [root] * (TEST + OTHERS), range(TEST + OTHERS))
        for _ in track(written, "Writing files", TEST + OTHERS, show=True):
            pass


def train(network: Network, pictures: Path, run_dir: Path) -> None:
    """Trains a head for an epoch on the images that are not held out."""
    test = TEST / (TEST + OTHERS)
    data = ktl.load_data(pictures, image_size=network.size, validation=0.125, test=test)
    model = ktl.build_classifier(
        network.name, data, weights=network.weights, boundary=network.boundary, pooling="avg"
    )
    ktl.fine_tune(model, data, "linear-probe", epochs=2, run_dir=run_dir)


def seconds(run_dir: Path, cache: Path, baselines: str) -> float:
    """Returns what a report takes."""
    start = time.perf_counter()
    ktl.report(run_dir, cache=cache, baselines=baselines)
    return time.perf_counter() - start


def measure(network: Network, pictures: Path, work: Path, repeats: int) -> Sequence[float]:
    """Returns the seconds of the first report, and of each further one."""
    run_dir, cache = work / "run", work / "cache"
    train(network, pictures, run_dir)
    first = seconds(run_dir, cache, "none")
    ktl.report(run_dir, cache=cache)
    return [first, *(seconds(run_dir, cache, "auto") for _ in range(repeats))]


def row(network: Network, taken: Sequence[float], work: Path) -> list[str]:
    """Returns a row of the table."""
    told = json.loads((work / "run" / "report.json").read_text(encoding="utf-8"))
    size = (work / "run" / "report.html").stat().st_size
    return [
        str(network),
        f"{told['worth']['examples']:,}",
        f"{told['mistakes'].get('wrong', 0):,}",
        f"{taken[0]:.1f}",
        f"{statistics.median(taken[1:]):.1f}",
        f"{size / 1e6:.1f} MB",
    ]


def main() -> None:
    """Measures, prints, and fails if a report on a filled cache takes longer than promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    rows, failures = [], []
    with tempfile.TemporaryDirectory() as root:
        pictures = Path(root, "pictures")
        write_folder(pictures)
        for number, network in enumerate(NETWORKS):
            work = Path(root, str(number))
            taken = measure(network, pictures, work, arguments.repeats)
            rows.append(row(network, taken, work))
            if statistics.median(taken[1:]) > MOST:
                failures.append(f"Falls short: {network} takes more than {MOST:.0f} s.")
    header = ("backbone", "test images", "of these wrong", "first report, s",
              "on a filled cache, s", "page")  # fmt: skip
    finish(markdown(header, rows), arguments.out, failures)


if __name__ == "__main__":
    main()
