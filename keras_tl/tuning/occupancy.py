"""The directory of a search: one search at a time, and how it is emptied."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from keras_tl.foundation.files import discard
from keras_tl.training.run_directory import RunDirectory
from keras_tl.tuning.parallel import is_worker

LOCK = "search.lock"
OWN = ("tuner", "cache", "probes", "backbones", "depth_curve", "test.json", "config.yaml")
REPORT = ("report.html", "trials.csv", "trials.json", "best_recipe.yaml")


@contextlib.contextmanager
def occupied(directory: Path) -> Iterator[None]:
    """Keeps other searches out of a directory while the block runs; workers join their chief.

    Raises:
        RuntimeError: If another process searches there.
    """
    if is_worker():
        yield
        return
    directory.mkdir(parents=True, exist_ok=True)
    lock = FileLock(directory / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RuntimeError(
            "`run_dir` must not be that of a search that is running. Received: run_dir="
            f"{str(directory)!r}, where another process searches: wait until it is over, or end it"
        ) from error
    try:
        yield
    finally:
        lock.release()


def clear(run: RunDirectory) -> None:
    """Removes a search, and nothing where there is none.

    Raises:
        RuntimeError: If another process searches there.
    """
    if "search" in run.read_config():
        with occupied(run.path):
            for name in (*OWN, *REPORT):
                discard(run.path / name)
