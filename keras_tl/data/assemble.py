"""From examples that have been looked at and divided to the three splits."""

from typing import Any

import numpy as np

from keras_tl.data.auditing.result import Audit
from keras_tl.data.augmenting.augmenter import Augmenter
from keras_tl.data.augmenting.mixing import Mixing
from keras_tl.data.examples import Examples
from keras_tl.data.parts import PARTS
from keras_tl.data.pictures import ArrayPictures, EncodedPictures, Pictures
from keras_tl.data.split import Split
from keras_tl.data.splitting.subsample import subsample
from keras_tl.foundation.colours import Colour
from keras_tl.foundation.files import digest

Rows = dict[str, np.ndarray]


def rows_of_parts(
    labels: np.ndarray, parts: np.ndarray, labels_per_class: int | None, seed: int
) -> Rows:
    """Returns the rows of each part, the training ones subsampled if that is asked for."""
    rows = {part: np.flatnonzero(parts == part) for part in PARTS}
    if labels_per_class is not None:
        chosen = subsample(labels[rows["train"]], labels_per_class, seed)
        rows["train"] = rows["train"][chosen]
    return rows


def make_splits(
    found: Examples,
    audit: Audit,
    rows: Rows,
    *,
    size: tuple[int, int],
    resize: str,
    background: Colour,
    batch_size: int,
    seed: int,
    augment: Augmenter | None,
    mixing: Mixing | None,
    oversample: bool,
) -> dict[str, Split]:
    """Returns the split of each part; training alone is shuffled, augmented, mixed, oversampled."""
    pictures = _pictures(found, size, resize, background)
    training: dict[str, Any] = {
        "seed": seed,
        "augment": augment,
        "mixing": mixing,
        "oversample": oversample,
    }
    return {
        part: Split(
            pictures,
            numbers,
            found.labels[numbers],
            found.class_names,
            batch_size=batch_size,
            digests=[audit.digests[number] for number in numbers],
            **(training if part == "train" else {}),
        )
        for part, numbers in rows.items()
    }


def fingerprint_of(found: Examples, audit: Audit, rows: Rows, *more: object) -> str:
    """Returns a digest of every picture, its label, its part, and whatever else is given."""
    divided = [f"{part}:{numbers.tolist()}" for part, numbers in rows.items()]
    content = digest(*audit.digests, found.labels.tobytes(), *found.class_names)
    return digest(content, *divided, *map(str, more))


def _pictures(found: Examples, size: tuple[int, int], policy: str, background: Colour) -> Pictures:
    if isinstance(found.pictures, np.ndarray):
        return ArrayPictures(found.pictures, size, policy)
    return EncodedPictures(found.pictures, size, policy, background=background)
