"""TensorFlow Datasets, by name."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from keras_tl.data.examples import Examples
from keras_tl.data.parts import PARTS


def from_tfds(
    name: str, data_dir: str | os.PathLike[str] | None = None, download: bool = True
) -> Examples:
    """Reads a classification data set of TensorFlow Datasets, its pictures still encoded.

    Its own splits `train`, `validation` and `test` are kept; of others only `train` is read.

    Args:
        name: Name of the data set, such as `"oxford_flowers102"`, with a version if you like.
        data_dir: Where data sets lie; by default TFDS's own place.
        download: Whether it may be fetched.

    Raises:
        ValueError: If there is no such data set, or it has no images with class labels.
    """
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder(name, data_dir=data_dir)
    except tfds.core.registered.DatasetNotFoundError as error:
        is_folder = Path(name).is_dir()
        hint = f". There is a folder of that name: pass {name!r}." if is_folder else ""
        raise ValueError(
            f"`source` names no data set of TFDS. Received: 'tfds:{name}'{hint}"
        ) from error
    _prepare(builder, download)
    _require_pictures(builder)
    splits = [part for part in PARTS if part in builder.info.splits]
    rows = [_read(tfds, builder, part) for part in splits]
    pictures = [encoded for found, _ in rows for encoded in found]
    labels = np.concatenate([numbers for _, numbers in rows]).astype("int64")
    parts = np.repeat(splits, [len(numbers) for _, numbers in rows])
    names = list(builder.info.features["label"].names)
    return Examples(pictures, labels, names, parts if len(splits) > 1 else None)


def _prepare(builder: Any, download: bool) -> None:
    """Sees to it that the data set is on disk."""
    if download:
        builder.download_and_prepare()
    elif not builder.is_prepared():
        raise ValueError(
            f"'tfds:{builder.name}' must be on disk, as it may not be fetched. Received: nothing "
            f"in {builder.data_dir}. Pass `download=True`, another `data_dir`, or the version of "
            f"your own data set of that name, as in 'tfds:{builder.name}:1.0.0'."
        )


def _read(tfds: Any, builder: Any, part: str) -> tuple[list[bytes], list[int]]:
    decoders = {"image": tfds.decode.SkipDecoding()}
    dataset = builder.as_dataset(split=part, decoders=decoders, shuffle_files=False)
    rows = [(row["image"], row["label"]) for row in dataset.as_numpy_iterator()]
    return [encoded for encoded, _ in rows], [int(label) for _, label in rows]


def _require_pictures(builder: Any) -> None:
    features = builder.info.features or {}
    if not {"image", "label"} <= set(features) or not hasattr(features["label"], "names"):
        raise ValueError(
            "`source` must be a data set with the features `image` and `label`. "
            f"Received: 'tfds:{builder.name}' with {sorted(features)}"
        )
    if not set(PARTS) & set(builder.info.splits):
        raise ValueError(
            f"`source` must be a data set with a split of {', '.join(PARTS)}. "
            f"Received: 'tfds:{builder.name}' with {sorted(builder.info.splits)}"
        )
