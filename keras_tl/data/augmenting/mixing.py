"""Pictures of a batch mixed with each other, and their labels by the same shares.

Keras has layers for this, but they draw for places in a batch, and its `CutMix` (3.15) shares
labels by a box with borders between the pixels. Here the numbers of the pictures decide, and
labels are shared by the pixels that were kept.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from keras_tl.foundation.checks import at_least, one_of

_STREAM = 0xA09

Mixed = tuple[np.ndarray, np.ndarray]
"""Pictures, and the share `(batch,)` that each has kept."""


def _blend(
    images: np.ndarray, others: np.ndarray, shares: np.ndarray, middles: np.ndarray
) -> Mixed:
    """MixUp: each level is the weighted mean of two."""
    weights = shares.astype("float32")[:, None, None, None]
    return np.clip(others + weights * (images - others), 0, 255), shares


def _cut(images: np.ndarray, others: np.ndarray, shares: np.ndarray, middles: np.ndarray) -> Mixed:
    """CutMix: a box of the other picture; what lies beyond the border is lost."""
    cut, kept = images.copy(), np.ones(len(images))
    size = np.array(images.shape[1:3])
    for row, (share, middle) in enumerate(zip(shares, middles, strict=True)):
        sides = (size * math.sqrt(1 - share)).astype(int)
        first = (size * middle).astype(int) - sides // 2
        (top, left), (bottom, right) = first.clip(0), (first + sides).clip(0, size)
        cut[row, top:bottom, left:right] = others[row, top:bottom, left:right]
        kept[row] = 1 - (bottom - top) * (right - left) / size.prod()
    return cut, kept


class MixingKind(NamedTuple):
    """A row of `MIXINGS`.

    Attributes:
        alpha: Both parameters of the Beta distribution of the shares, unless others are asked for.
        mix: Mixes pictures with others, given shares and places drawn evenly from 0 to 1.
    """

    alpha: float
    mix: Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], Mixed]


MIXINGS = {"mixup": MixingKind(0.2, _blend), "cutmix": MixingKind(1.0, _cut)}
r"""MixUp (Zhang et al., 2018, arXiv:1710.09412, who take 0.1 to 0.4 on ImageNet) and CutMix (Yun
et al., 2019, arXiv:1905.04899)."""


@dataclass(frozen=True)
class Mixing:
    r"""Mixes each picture of a batch with another one of it, for training only.

    What a picture keeps is drawn for each picture from $Beta(\alpha, \alpha)$. Its partner is the
    next in a ring of the batch in random order; so it is itself only where it is alone.

    Args:
        kind: A row of `MIXINGS`.
        alpha: $\alpha$, above 0; None takes the row's.
        seed: Seed of all draws, 0 or more.

    Raises:
        ValueError: If there is no such kind, or a number is out of range.
    """

    kind: str
    alpha: float | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("kind", self.kind, MIXINGS)
        at_least("seed", self.seed, 0)
        alpha = MIXINGS[self.kind].alpha if self.alpha is None else self.alpha
        if not (isinstance(alpha, (int, float)) and 0 < alpha < math.inf):
            raise ValueError(f"`alpha` must be a number above 0. Received: alpha={alpha!r}")
        object.__setattr__(self, "alpha", float(alpha))

    def __call__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        numbers: Sequence[int] | np.ndarray,
        epoch: int,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Returns a batch, mixed; it follows from the seed, the epoch and the numbers alone.

        Args:
            images: Float32 `(batch, height, width, 3)` in 0..255.
            labels: `(batch, classes)` shares, 0 or 1.
            numbers: `(batch,)` the number of each picture in its data set.
            epoch: Another one mixes differently.

        Returns:
            Float32 images as given, and float32 labels `(batch, classes)` by the shares that were
            kept.
        """
        order = np.argsort(numbers, kind="stable")
        rank = np.argsort(order)
        generator = np.random.default_rng(
            (self.seed, epoch, _STREAM, *np.asarray(numbers)[order].tolist())
        )
        ring = generator.permutation(len(order))
        following = np.empty_like(ring)
        following[ring] = np.roll(ring, -1)
        others = order[following[rank]]
        alpha = self.alpha or MIXINGS[self.kind].alpha
        shares = generator.beta(alpha, alpha, len(order))[rank]
        middles = generator.uniform(size=(len(order), 2))[rank]
        mixed, kept = MIXINGS[self.kind].mix(images, images[others], shares, middles)
        return mixed, _shared(labels, labels[others], kept)


def _shared(labels: np.ndarray, others: np.ndarray, kept: np.ndarray) -> np.ndarray:
    weights = kept[:, None]
    return (weights * labels + (1 - weights) * others).astype("float32")


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Returns labels `(images, classes)` as shares: 1 for the class of each image, else 0.

    Args:
        labels: `(images,)` integers; or `(images, classes)` already.
        classes: Number of classes.
    """
    return labels if labels.ndim == 2 else np.eye(classes, dtype="float32")[labels]
