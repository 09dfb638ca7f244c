"""Labels as people write them, turned into numbers and the names of the classes."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def encode_labels(
    labels: Sequence[object] | np.ndarray,
    class_names: Sequence[str] | None = None,
    multi_label: bool | None = None,
) -> tuple[np.ndarray, list[str]]:
    """Turns labels into integers and the names of the classes.

    Rows of 0/1 mean that several classes may hold at once. If each of them holds a single 1 they
    may as well be one-hot labels, and nobody can tell: then `multi_label` must say.

    Args:
        labels: `(examples,)` names or numbers, or `(examples, classes)` 0/1.
        class_names: Names, if they are known; else they are read off the labels.
        multi_label: Whether rows of 0/1 are several labels an example, or one (one-hot).

    Returns:
        `(examples,)` integers, or `(examples, classes)` float32 0/1; and the names.

    Raises:
        ValueError: If a label is missing or not among the names, rows hold anything but 0/1, or
            it cannot be told what they mean.
    """
    values = np.asarray(labels)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 2:
        rows, names = _rows(values, class_names)
        if _are_several(rows, multi_label):
            return rows, names
        return rows.argmax(axis=1).astype("int64"), names
    if values.ndim != 1 or multi_label:
        raise ValueError(
            "`labels` must be one an example, or 0/1 rows `(examples, classes)` where several "
            f"classes may hold. Received: labels of shape {values.shape}, "
            f"multi_label={multi_label}"
        )
    return _numbers(_whole(values), class_names)


def is_missing(value: Any) -> bool:
    """Tells whether a cell of a table holds nothing: None, NaN, or the NA of pandas."""
    try:
        return value is None or bool(value != value)
    except TypeError:  # what pandas.NA answers to every comparison has no truth value
        return True


def _whole(values: np.ndarray) -> np.ndarray:
    """Returns whole numbers as integers, mixed kinds as text, anything else as it is."""
    if values.dtype == object:
        if any(map(is_missing, values)):
            raise ValueError("`labels` must hold a label for each example. Received: None or NaN")
        return values.astype(str)
    if not np.issubdtype(values.dtype, np.floating):
        return values
    if np.isnan(values).any():
        raise ValueError(
            "`labels` must hold a label for each example. Received: "
            f"NaN, {np.isnan(values).sum()} of {len(values)}"
        )
    return values.astype("int64") if (values == np.floor(values)).all() else values


def _numbers(values: np.ndarray, class_names: Sequence[str] | None) -> tuple[np.ndarray, list[str]]:
    if class_names is None:
        found, numbers = np.unique(values, return_inverse=True)
        return numbers.astype("int64"), [str(value) for value in found]
    if np.issubdtype(values.dtype, np.integer):
        return _in_range(values, class_names)
    position = {name: i for i, name in enumerate(class_names)}
    unknown = sorted({str(value) for value in values} - set(position))
    if unknown:
        raise ValueError(
            f"`labels` must be among the class names {list(class_names)}. Received: {unknown[:5]}"
        )
    return np.array([position[str(value)] for value in values], dtype="int64"), list(class_names)


def _in_range(values: np.ndarray, class_names: Sequence[str]) -> tuple[np.ndarray, list[str]]:
    if values.size and not 0 <= values.min() <= values.max() < len(class_names):
        raise ValueError(
            f"`labels` must be numbers from 0 to {len(class_names) - 1}, one a class name. "
            f"Received: numbers from {values.min()} to {values.max()}"
        )
    return values.astype("int64"), list(class_names)


def _rows(values: np.ndarray, class_names: Sequence[str] | None) -> tuple[np.ndarray, list[str]]:
    if not np.isin(values, (0, 1)).all():
        raise ValueError("`labels` of two axes must be 0 or 1. Received: other values")
    names = [str(i) for i in range(values.shape[1])] if class_names is None else list(class_names)
    if len(names) != values.shape[1]:
        raise ValueError(
            f"`class_names` must have one name a column of `labels`, {values.shape[1]}. "
            f"Received: {len(names)} names"
        )
    return values.astype("float32"), names


def _are_several(rows: np.ndarray, multi_label: bool | None) -> bool:
    """Tells whether 0/1 rows are several labels each; raises if they or the caller do not say."""
    others = np.flatnonzero(rows.sum(axis=1) != 1)
    if multi_label is None and len(rows) and not len(others):
        raise ValueError(
            "`multi_label` must say what 0/1 labels mean if each row holds a single 1: False for "
            "one class an image (one-hot), True for several that may hold at once. "
            f"Received: multi_label=None with {len(rows)} such rows"
        )
    if multi_label is False and len(others):
        raise ValueError(
            "`multi_label=False` needs rows with a single 1 each. Received: "
            f"{len(others)} of {len(rows)} rows with another sum, the first in row {others[0]}"
        )
    return multi_label is not False


def rarest_class(labels: np.ndarray) -> np.ndarray:
    """Returns the class of each image, the rarest one where it has several.

    Args:
        labels: `(images,)` integers or `(images, classes)` 0/1. An image without any class is
            counted to one of its own, the number of classes.

    Returns:
        `(images,)` integers.
    """
    if labels.ndim == 1:
        return labels
    sizes = np.where(labels > 0, labels.sum(axis=0), np.inf)
    return np.where(labels.any(axis=1), np.argmin(sizes, axis=1), labels.shape[1])
