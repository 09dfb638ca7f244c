"""How many pictures each class has, and how unequal that is."""

from collections.abc import Mapping

import numpy as np

from keras_tl.data.examples import Examples
from keras_tl.data.parts import PARTS

ALL = "pictures"

Counts = dict[str, dict[str, int]]


def class_counts(examples: Examples, rows: np.ndarray) -> Counts:
    """Returns the number of pictures among `rows` by class, for each part that the source has.

    A source that is not divided has one, `"pictures"`.
    """
    if examples.parts is None:
        return {ALL: _counts(examples, rows)}
    parts = examples.parts[rows]
    return {part: _counts(examples, rows[parts == part]) for part in PARTS if part in parts}


def trained_counts(counts: Mapping[str, dict[str, int]]) -> dict[str, int]:
    """Returns those that are learnt from: of training, or of all where nothing is divided."""
    return counts.get("train") or counts.get(ALL) or {}


def imbalance(counts: Mapping[str, int]) -> float:
    """Returns how many times as many pictures the largest class has as the smallest.

    Classes without pictures are left out; it is 1 where there are none at all.
    """
    present = [number for number in counts.values() if number]
    return max(present) / min(present) if present else 1.0


def _counts(examples: Examples, rows: np.ndarray) -> dict[str, int]:
    labels = examples.labels[rows]
    names = examples.class_names
    if labels.ndim == 2:
        numbers = labels.sum(axis=0).astype(int)
    else:
        numbers = np.bincount(labels, minlength=len(names))
    return dict(zip(names, numbers.tolist(), strict=True))
