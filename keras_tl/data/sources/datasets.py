"""Any `tf.data.Dataset` of `(image, label)`, or one for each part."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from keras_tl.data.examples import Examples, trainable
from keras_tl.data.labels import encode_labels
from keras_tl.data.parts import PART_NAMES, part_called
from keras_tl.data.sources.arrays import as_rgb, require_levels
from keras_tl.data.sources.gathering import Gathering, Images
from keras_tl.foundation.checks import one_of

_PAIRS = "`source` must give pairs `(image, label)`, such as tfds.load(..., as_supervised=True)."

Batch = tuple[Images, np.ndarray]


def is_dataset(source: object) -> bool:
    """Tells whether `source` is a `tf.data.Dataset`, without importing TensorFlow."""
    tensorflow = sys.modules.get("tensorflow")
    return tensorflow is not None and isinstance(source, tensorflow.data.Dataset)


def from_datasets(
    source: Any, class_names: Sequence[str] | None = None, multi_label: bool | None = None
) -> Examples:
    """Reads a data set, or a mapping of parts to data sets, once and whole.

    Everything is held in memory: encoded pictures as they are, arrays of one size as one array of
    their own type, arrays of several sizes as PNG, rounded to whole levels. Twice that is needed
    for a moment.

    Args:
        source: A `tf.data.Dataset` of `(image, label)`, batched or not, or a mapping of `"train"`,
            `"validation"` and `"test"` to such. An image is a scalar string of encoded bytes or an
            array `(height, width, 3)`, `(height, width, 1)` or `(height, width)` in 0..255; a
            label an integer, a string, or a 0/1 row.
        class_names: Names in the order of the numbers; by default the `class_names` that
            `keras.utils.image_dataset_from_directory` sets, or the labels themselves.
        multi_label: What 0/1 rows mean, as in `encode_labels`.

    Raises:
        ValueError: If a data set has no end, is empty, fails or gives anything else, or as for
            arrays and labels.
    """
    named = source if isinstance(source, Mapping) else {"train": source}
    gathering, labels, parts = Gathering(), [], []
    for name, dataset in named.items():
        part, (images, found) = _part(name), _read(dataset)
        gathering.add(images)
        labels.append(found)
        parts += [part] * len(found)
    if class_names is None:
        class_names = getattr(next(iter(named.values())), "class_names", None)
    numbers, names = encode_labels(_joined(labels), class_names, multi_label)
    divided = np.array(parts) if isinstance(source, Mapping) else None
    return trainable(Examples(gathering.images(), numbers, names, divided))


def _part(name: str) -> str:
    return part_called(name) or one_of("source", name, PART_NAMES)


def _read(dataset: Any) -> Batch:
    """Returns all images and labels of one data set."""
    _require_pairs(dataset)
    gathering, labels, extremes = Gathering(), [], []
    for image, label in _elements(dataset):
        images, found = _as_batch(image, label)
        gathering.add(images)
        labels.append(found)
        if isinstance(images, np.ndarray) and images.size:
            extremes.append((images.min(), images.max()))
    if not sum(map(len, labels)):
        raise ValueError("`source` must be a data set with pictures. Received: an empty one")
    if extremes:
        require_levels(np.min(extremes), np.max(extremes), np.array(extremes).dtype)
    return gathering.images(), _joined(labels)


def _require_pairs(dataset: Any) -> None:
    import tensorflow as tf

    if not is_dataset(dataset):
        raise ValueError(
            "`source` must map parts to `tf.data.Dataset`. "
            f"Received: a value of type {type(dataset).__name__}"
        )
    spec = dataset.element_spec
    is_pair = isinstance(spec, tuple) and len(spec) == 2
    if not is_pair or not all(isinstance(one, tf.TensorSpec) for one in spec):
        raise ValueError(f"{_PAIRS} Received: a data set of {spec}")
    if int(dataset.cardinality()) == tf.data.INFINITE_CARDINALITY:
        raise ValueError(
            "`source` must come to an end, as it is read whole. Received: an infinite data set. "
            "Leave out `repeat()`, or use `source.take(count)`."
        )


def _elements(dataset: Any) -> Iterator[tuple[Any, Any]]:
    """Yields images and labels; a failure inside the data set says at which element."""
    import tensorflow as tf

    given = 0
    try:
        for element in dataset.as_numpy_iterator():
            yield element
            given += 1
    except tf.errors.OpError as error:
        raise ValueError(
            f"`source` must give each of its elements. Received: {error.message} after {given} "
            "of them. `source.ignore_errors()` passes over such elements."
        ) from error


def _as_batch(image: Any, label: Any) -> Batch:
    """Returns an element as a batch, which it may be already."""
    if isinstance(image, bytes):
        return [image], _labels(np.asarray(label)[None])
    labels = np.asarray(label)
    if not _is_batch(image, labels):
        image, labels = image[None], labels[None]
    if len(image) != len(labels):
        raise ValueError(
            f"{_PAIRS} Received: a batch of {len(image)} images and {len(labels)} labels"
        )
    return list(image) if image.dtype == object else as_rgb(image), _labels(labels)


def _is_batch(image: np.ndarray, label: np.ndarray) -> bool:
    """Tells a batch from one image; `(a, b, c)` is one image if `c` may count its channels."""
    if label.ndim == 0:
        return False
    if image.dtype == object or image.ndim == 4:
        return True
    return image.ndim == 3 and image.shape[-1] not in (1, 3)


def _labels(values: np.ndarray) -> np.ndarray:
    """Returns labels `(batch,)` or `(batch, classes)`; strings as text."""
    if values.dtype.kind in "SO":
        return np.array([value.decode() for value in values.ravel()]).reshape(values.shape)
    return values


def _joined(labels: list[np.ndarray]) -> np.ndarray:
    shapes = {one.shape[1:] for one in labels}
    if len(shapes) > 1:
        raise ValueError(f"{_PAIRS} Received: labels of the shapes {sorted(shapes)}")
    return np.concatenate(labels)
