"""What an epoch goes through: which rows in which order, and how often each has come before."""

from typing import NamedTuple

import numpy as np

from keras_tl.data.labels import rarest_class


class Epoch(NamedTuple):
    """The draw of an epoch.

    Attributes:
        rows: The rows of a split, in order.
        times: How often each has come before in this epoch.
    """

    rows: np.ndarray
    times: np.ndarray


def draw_epoch(labels: np.ndarray, generator: np.random.Generator, *, oversample: bool) -> Epoch:
    """Draws an order.

    Args:
        labels: `(images,)` integers or `(images, classes)` 0/1.
        generator: Draws it.
        oversample: Whether the images of every class come as often as those of the largest, each
            of a class as often as the others of it, give or take once. An image of several classes
            counts to the rarest of them.
    """
    if not oversample:
        return Epoch(generator.permutation(len(labels)), np.zeros(len(labels), int))
    rows = _oversampled(rarest_class(labels), generator)
    return Epoch(rows, _earlier(rows))


def epoch_size(labels: np.ndarray, *, oversample: bool) -> int:
    """Returns how many images an epoch goes through."""
    if not oversample:
        return len(labels)
    _, sizes = np.unique(rarest_class(labels), return_counts=True)
    return int(len(sizes) * sizes.max(initial=0))


def _oversampled(classes: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    _, sizes = np.unique(classes, return_counts=True)
    members = np.split(np.argsort(classes, kind="stable"), np.cumsum(sizes)[:-1])
    drawn = [_repeated(rows, sizes.max(), generator) for rows in members if len(rows)]
    return generator.permutation(np.concatenate([np.empty(0, int), *drawn]))


def _repeated(rows: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    rounds = -(-count // len(rows))
    return np.concatenate([generator.permutation(rows) for _ in range(rounds)])[:count]


def _earlier(rows: np.ndarray) -> np.ndarray:
    """Returns for each place how often its row has come before."""
    _, inverse, sizes = np.unique(rows, return_inverse=True, return_counts=True)
    times = np.empty(len(rows), int)
    places = np.argsort(inverse, kind="stable")
    times[places] = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return times
