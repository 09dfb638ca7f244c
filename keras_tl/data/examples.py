"""What a source gives: pictures, labels, names, and parts if the source divides them itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class SetAside:
    """A file or folder that could not be used.

    Attributes:
        name: Its path.
        reason: Why.
    """

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Examples:
    """Pictures with labels, before they are read, divided or resized.

    Attributes:
        pictures: Paths, encoded bytes, or an array `(images, height, width, 3)` in 0..255.
        labels: `(images,)` integers, or `(images, classes)` 0/1 where several classes may hold.
        class_names: Names in the order of the labels.
        parts: `(images,)` of `"train"`, `"validation"`, `"test"` if the source is divided.
        set_aside: What the source passed over.
    """

    pictures: Sequence[Path | bytes] | np.ndarray
    labels: np.ndarray
    class_names: list[str]
    parts: np.ndarray | None = None
    set_aside: tuple[SetAside, ...] = ()

    def take(self, rows: Sequence[int]) -> "Examples":
        """Returns the examples in `rows`."""
        pictures = self.pictures
        chosen = (
            pictures[np.asarray(rows, dtype=int)]
            if isinstance(pictures, np.ndarray)
            else [pictures[row] for row in rows]
        )
        parts = None if self.parts is None else self.parts[list(rows)]
        return Examples(chosen, self.labels[list(rows)], self.class_names, parts, self.set_aside)


def encode_labels(
    labels: Sequence[object] | np.ndarray, class_names: Sequence[str] | None = None
) -> tuple[np.ndarray, list[str]]:
    """Turns labels into integers and the names of the classes.

    Args:
        labels: `(examples,)` names or numbers, or `(examples, classes)` 0/1.
        class_names: Names, if they are known; else they are read off the labels.

    Raises:
        ValueError: If a label is not among the names, or 0/1 labels hold anything else.
    """
    values = np.asarray(labels)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 2:
        return _multi_hot(values, class_names)
    names = [str(value) for value in np.unique(values)] if class_names is None else class_names
    if class_names is not None and np.issubdtype(values.dtype, np.integer):
        return _numbered(values, class_names)
    position = {name: i for i, name in enumerate(names)}
    unknown = sorted({str(value) for value in values} - set(names))
    if unknown:
        raise ValueError(
            f"`labels` must be among the class names {list(names)}. Received: {unknown[:5]}"
        )
    return np.array([position[str(value)] for value in values], dtype="int64"), list(names)


def _numbered(values: np.ndarray, class_names: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    if values.size and not 0 <= values.min() <= values.max() < len(class_names):
        raise ValueError(
            f"`labels` must be numbers from 0 to {len(class_names) - 1}, one a class name. "
            f"Received: numbers from {values.min()} to {values.max()}"
        )
    return values.astype("int64"), list(class_names)


def _multi_hot(
    values: np.ndarray, class_names: Sequence[str] | None
) -> tuple[np.ndarray, list[str]]:
    if not np.isin(values, (0, 1)).all():
        raise ValueError("`labels` of two axes must be 0 or 1. Received: other values")
    names = [str(i) for i in range(values.shape[1])] if class_names is None else list(class_names)
    if len(names) != values.shape[1]:
        raise ValueError(
            f"`class_names` must have one name a column of `labels`, {values.shape[1]}. "
            f"Received: {len(names)} names"
        )
    return values.astype("float32"), names
