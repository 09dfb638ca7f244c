"""Dividing pictures into training, validation and test: seeded, disjoint, complete."""

from collections.abc import Sequence

import numpy as np

SMALLEST_CLASS = 3
PARTS = ("train", "validation", "test")


def stratified(labels: np.ndarray, validation: float, test: float, seed: int) -> np.ndarray:
    """Assigns each example to a part so that every class has its share in each.

    A class of at least three examples has one in every part that is asked for; a smaller one is
    kept whole in training. Examples with several labels are divided as one class.

    Args:
        labels: `(examples,)` integers or `(examples, classes)` 0/1.
        validation: Share of the examples, 0 to 1.
        test: Share of the examples, 0 to 1.
        seed: Seed of the draw.

    Returns:
        `(examples,)` array of `"train"`, `"validation"` and `"test"`.
    """
    generator = np.random.default_rng(seed)
    groups = labels if labels.ndim == 1 else np.zeros(len(labels), dtype=int)
    parts = np.full(len(labels), "train", dtype="<U10")
    for group in np.unique(groups):
        members = generator.permutation(np.flatnonzero(groups == group))
        held_out = _shares(len(members), (validation, test))
        parts[members[: held_out[0]]] = "validation"
        parts[members[held_out[0] : sum(held_out)]] = "test"
    return parts


def subsample(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Returns the rows of at most `per_class` examples of each class, drawn with a seed.

    Examples with several labels are drawn as if each stood in its rarest class.
    """
    generator = np.random.default_rng(seed)
    groups = labels if labels.ndim == 1 else _rarest_class(labels)
    chosen = [
        generator.permutation(np.flatnonzero(groups == group))[:per_class]
        for group in np.unique(groups)
    ]
    return np.sort(np.concatenate(chosen))


def rare_classes(labels: np.ndarray, class_names: Sequence[str]) -> list[str]:
    """Returns the classes that are too small to be divided."""
    counts = np.bincount(labels, minlength=len(class_names))
    return [name for name, n in zip(class_names, counts, strict=True) if n < SMALLEST_CLASS]


def _shares(examples: int, shares: Sequence[float]) -> list[int]:
    """Returns how many of `examples` each share takes: near to exact, one at least, not all."""
    if examples < SMALLEST_CLASS:
        return [0 for _ in shares]
    counts = [max(1, round(examples * share)) if share else 0 for share in shares]
    while sum(counts) >= examples:
        counts[int(np.argmax(counts))] -= 1
    return counts


def _rarest_class(labels: np.ndarray) -> np.ndarray:
    counts = labels.sum(axis=0)
    return np.argmin(np.where(labels > 0, counts, np.inf), axis=1)
