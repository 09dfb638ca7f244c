"""The encoded pictures that an export is proven on, and their labels."""

import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np

from keras_tl.data.auditing.look import look_at, reasons_of
from keras_tl.data.dataset import Data
from keras_tl.data.formats.pillow_only import pillow_format_of
from keras_tl.data.pictures import EncodedPictures
from keras_tl.data.split import Split
from keras_tl.foundation.file_names import printable, storable
from keras_tl.models.card import input_format

LIMIT = 256
BATCH_SIZE = 32

VerifyOn = Split | Data | Sequence[str | os.PathLike[str]]


def encoded_images(source: VerifyOn, limit: int = LIMIT) -> list[bytes]:
    """Returns the encoded files of a split or of paths; arrays are encoded as PNG.

    Files that cannot be decoded are set aside, with a warning.

    Raises:
        ValueError: If there is none.
    """
    if isinstance(source, (Split, Data)):
        images = _split(source).encoded(limit)
    else:
        images = _readable([Path(path) for path in source], limit)
    if not images:
        raise ValueError("`verify_on` must hold at least one readable picture. Received: none")
    return images


def true_labels(
    source: VerifyOn, class_names: Sequence[str], limit: int = LIMIT
) -> np.ndarray | None:
    """Returns the labels of those images as numbers, or multi-hot.

    None for paths, and for a split of other classes than `class_names`.
    """
    if not isinstance(source, (Split, Data)) or list(source.class_names) != list(class_names):
        return None
    return _split(source).labels[:limit]


def as_taken_by(model: keras.Model, images: list[bytes]) -> EncodedPictures:
    """Returns encoded images that are read at the size, and in the way, that `model` takes them."""
    return EncodedPictures(images, **input_format(model)._asdict())


def decoded_images(model: keras.Model, source: VerifyOn) -> np.ndarray:
    """Returns the first pictures of `source` as `model` takes them: `(pictures, height, width, 3)`.

    They are float32 in 0..255.
    """
    pictures = as_taken_by(model, encoded_images(source))
    return pictures.read(range(len(pictures)))


def read_in_batches(pictures: EncodedPictures) -> Iterator[np.ndarray]:
    """Yields pictures in order, `(batch, height, width, 3)`, so that few are in memory at once."""
    for start in range(0, len(pictures), BATCH_SIZE):
        yield pictures.read(range(start, min(start + BATCH_SIZE, len(pictures))))


def _split(source: Split | Data) -> Split:
    return source.test if isinstance(source, Data) else source


def _readable(paths: list[Path], limit: int) -> list[bytes]:
    """Reads the first files that can be decoded where the export is served."""
    chosen = paths[:limit]
    reasons = reasons_of(look_at(chosen)) | _not_servable(chosen)
    if reasons:
        row, reason = next(iter(reasons.items()))
        warnings.warn(
            f"{len(reasons)} of {len(chosen)} pictures of `verify_on` were set aside. First: "
            f"{printable(storable(chosen[row]))}: {reason}",
            stacklevel=3,
        )
    return [path.read_bytes() for row, path in enumerate(chosen) if row not in reasons]


def _not_servable(paths: list[Path]) -> dict[int, str]:
    kinds = {
        row: pillow_format_of(path.read_bytes()) for row, path in enumerate(paths) if path.is_file()
    }
    return {row: f"{kind.name} is not served" for row, kind in kinds.items() if kind}
