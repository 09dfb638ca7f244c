"""From probabilities to a decision: said once for scores, predictions and exports."""

from collections.abc import Sequence

import numpy as np

THRESHOLD = 0.5
"""The least probability of a class that holds, where several may."""


def decide(probabilities: np.ndarray, *, multi_label: bool) -> np.ndarray:
    """Returns what probabilities `(examples, classes)` decide, in the form of labels.

    Args:
        probabilities: `(examples, classes)`.
        multi_label: Whether several classes may hold at once.

    Returns:
        The most probable class, `(examples,)` integers; where several may hold, those of at least
        `THRESHOLD`, `(examples, classes)` 0/1.
    """
    if multi_label:
        return (probabilities >= THRESHOLD).astype(int)
    return probabilities.argmax(axis=1)


def labels_of(
    names: Sequence[str], probabilities: np.ndarray, *, multi_label: bool
) -> list[str] | list[tuple[str, ...]]:
    """Returns what `decide` does, by name: a name for each example, or a tuple of those that hold.

    Args:
        names: Class names.
        probabilities: `(examples, classes)`.
        multi_label: Whether several classes may hold at once.
    """
    decided = decide(probabilities, multi_label=multi_label)
    if not multi_label:
        return [names[number] for number in decided]
    return [tuple(n for n, holds in zip(names, row, strict=True) if holds) for row in decided]
