"""What memory a run takes whose features are ten times what they may take in memory.

The same fine-tuning in processes of its own: without a cache, and with one whose budget is a tenth
of the features, so that they lie in files. Prints a table in Markdown: the peak of the anonymous
memory (RssAnon), which no file backs, and what the cache adds in budgets. Linux only.

    python benchmarks/feature_cache_memory.py --repeats 3
"""

import argparse
import multiprocessing
import os
import re
import statistics
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from feature_cache import Work, build, load, recipe

import keras_tl as ktl
from keras_tl.foundation.progress import track
from keras_tl.foundation.tables import size

WORK = Work("fine-tuning from stage4", "EfficientNetB0", [(3, 3)], 1.0)
TIMES = 10
MOST = 1.5
EVERY = 0.01


def anonymous() -> int:
    """Returns the bytes of memory of this process that no file backs."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.findall(r"RssAnon:\s+(\d+) kB", status)[0]) * 1024


def peak_during(run: Callable[[], object]) -> int:
    """Returns the largest anonymous memory while something runs."""
    peak, done = [anonymous()], threading.Event()

    def watch() -> None:
        while not done.wait(EVERY):
            peak[0] = max(peak[0], anonymous())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    run()
    done.set()
    watcher.join()
    return peak[0]


def measure(images: int, budget: int | None) -> tuple[int, int]:
    """Returns the peak of a run, and the largest entry that its cache has stored.

    Args:
        images: On so many.
        budget: Bytes that features may take in memory; None is without a cache.
    """
    data = load(images)
    model = build(WORK, data)
    with tempfile.TemporaryDirectory() as directory:
        cache = ktl.FeatureCache(directory, memory=budget) if budget is not None else None
        peak = peak_during(
            lambda: ktl.fine_tune(model, data, recipe(WORK, model), cache=cache or False, verbose=0)
        )
        entries = cache.store.entries() if cache is not None and cache.store else []
        return peak, max((entry.bytes for entry in entries), default=0)


def elsewhere(images: int, budget: int | None) -> tuple[int, int]:
    """Returns what `measure` does, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (images, budget))


def main() -> None:
    """Prints the table; ends with 1 if the cache takes more than is promised."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=2222, help="A tenth is for validation.")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    _, stored = elsewhere(options.images, 0)
    budget = stored // TIMES
    repeats = track(range(options.repeats), "Runs", options.repeats, show=True)
    peaks = [[elsewhere(options.images, asked)[0] for asked in (None, budget)] for _ in repeats]
    without, cached = (statistics.median(side) for side in zip(*peaks, strict=True))
    added = (cached - without) / budget
    print(f"\n| {size(stored)} of features, a budget of {size(budget)} | peak RssAnon |")
    print("|---|---|")
    print(f"| without a cache | {size(without)} |")
    print(f"| with one | {size(cached)}, **{added:+.2f} budgets** (at most +{MOST}) |")
    if added > MOST:
        sys.exit("The cache takes more memory than is promised.")


if __name__ == "__main__":
    main()
