"""One pass over the images of a split, which fills all boundaries that lack something."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import keras
import numpy as np

from keras_tl.data.split import Split
from keras_tl.foundation.progress import track
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.frozen_prefix import prefix


class Target(Protocol):
    """Where the rows of one boundary are stored."""

    @property
    def is_complete(self) -> bool:
        """Whether every row is there."""

    def missing(self, start: int, stop: int) -> bool:
        """Returns whether a row of `[start, stop)` is not there."""

    def add(self, start: int, arrays: Sequence[np.ndarray]) -> None:
        """Adds the rows from `start` on."""


def fill(
    model: keras.Model,
    split: Split,
    boundaries: Sequence[Boundary],
    targets: Sequence[Target],
    *,
    show: bool,
) -> None:
    """Computes and stores what is missing at the boundaries, in inference mode.

    Batches are as large as those of training, so that the same kernels run.

    Args:
        model: The model that `boundaries` belong to.
        split: Its images, in all the views that it cycles through.
        boundaries: Where to read features off.
        targets: Where to store them, one a boundary.
        show: Whether to show a progress bar.
    """
    incomplete = [(b, t) for b, t in zip(boundaries, targets, strict=True) if not t.is_complete]
    if not incomplete:
        return
    ends, lacking = zip(*incomplete, strict=True)
    runner = prefix(model, ends)
    batches = list(_batches(split))
    for view, rows in track(batches, "Computing features", len(batches), show=show):
        start = view * split.size + rows.start
        if any(target.missing(start, start + len(rows)) for target in lacking):
            images = split.read(np.arange(rows.start, rows.stop), view)
            _store(runner.predict_on_batch(images), ends, lacking, start)


def _batches(split: Split) -> Iterator[tuple[int, range]]:
    """Yields view by view, and in each the rows of every batch."""
    for view in range(split.views or 1):
        for start in range(0, split.size, split.batch_size):
            yield view, range(start, min(start + split.batch_size, split.size))


def _store(
    found: np.ndarray | list[np.ndarray],
    ends: Sequence[Boundary],
    targets: Sequence[Target],
    start: int,
) -> None:
    """Stores the outputs of a batch: those of the first boundary come first, and so on."""
    arrays = list(found) if isinstance(found, (list, tuple)) else [found]
    for end, target in zip(ends, targets, strict=True):
        of_this_one, arrays = arrays[: len(end.tensors)], arrays[len(end.tensors) :]
        target.add(start, of_this_one)
