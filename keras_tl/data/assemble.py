"""From examples that have been looked at and divided to data."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_tl.data.auditing.result import Audit
from keras_tl.data.augmenting.mixing import Mixing
from keras_tl.data.dataset import Data
from keras_tl.data.examples import Examples
from keras_tl.data.parts import PARTS
from keras_tl.data.pictures import ArrayPictures, EncodedPictures, Pictures
from keras_tl.data.preparation import Preparation
from keras_tl.data.split import Split
from keras_tl.data.splitting.subsample import subsample
from keras_tl.foundation.files import digest

Rows = dict[str, np.ndarray]


def rows_of_parts(examples: Examples, parts: np.ndarray, preparation: Preparation) -> Rows:
    """Returns the rows of each part, the training ones subsampled if that is asked for.

    Raises:
        ValueError: If a part that is asked for would be empty.
    """
    rows = {part: np.flatnonzero(parts == part) for part in PARTS}
    if preparation.labels_per_class is not None:
        labels = examples.labels[rows["train"]]
        chosen = subsample(labels, preparation.labels_per_class, preparation.seed)
        rows["train"] = rows["train"][chosen]
    for part, share in zip(PARTS, preparation.shares.of_parts, strict=True):
        if share and not len(rows[part]):
            raise _empty(part, examples)
    return rows


def assemble(
    examples: Examples,
    audit: Audit,
    rows: Rows,
    preparation: Preparation,
    *,
    settings: Mapping[str, Any],
    division: str,
) -> Data:
    """Returns the data.

    Args:
        examples: Those that can be used.
        audit: What was found of them, and of others.
        rows: The examples of each part.
        preparation: How they are read, and shown in training.
        settings: The arguments that the data are loaded with, as plain data.
        division: What each part came to, in words.
    """
    return Data(
        **_splits(examples, audit, rows, preparation),
        class_names=examples.class_names,
        image_size=preparation.image_size,
        resize=preparation.resize,
        background=preparation.background,
        multi_label=examples.labels.ndim == 2,
        fingerprint=_fingerprint(examples, audit, rows, preparation),
        set_aside=audit.set_aside,
        settings=settings,
        balance=preparation.balance,
        groups=examples.groups,
        division=division,
    )


def _empty(part: str, examples: Examples) -> ValueError:
    return ValueError(
        f"The {part} split would be empty: {len(examples.labels)} usable images in "
        f"{len(examples.class_names)} classes, and it takes 3 different ones of a class, or "
        f"3 groups, to divide. Add images, or pass `{part}=0.0` to do without."
    )


def _splits(
    examples: Examples, audit: Audit, rows: Rows, preparation: Preparation
) -> dict[str, Split]:
    """Returns the split of each part; training alone is shuffled, augmented, mixed, oversampled."""
    pictures = _pictures(examples, preparation)
    mix, seed = preparation.mix, preparation.seed
    training: dict[str, Any] = {
        "seed": seed,
        "augment": preparation.augmentation,
        "mixing": Mixing(mix, seed=seed) if mix else None,
        "oversample": preparation.balance == "oversample",
    }
    return {
        part: Split(
            pictures,
            numbers,
            examples.labels[numbers],
            examples.class_names,
            batch_size=preparation.batch_size,
            digests=[audit.digests[number] for number in numbers],
            **(training if part == "train" else {}),
        )
        for part, numbers in rows.items()
    }


def _pictures(examples: Examples, preparation: Preparation) -> Pictures:
    size, policy = preparation.image_size, preparation.resize
    if isinstance(examples.pictures, np.ndarray):
        return ArrayPictures(examples.pictures, size, policy)
    return EncodedPictures(examples.pictures, size, policy, background=preparation.background)


def _fingerprint(examples: Examples, audit: Audit, rows: Rows, preparation: Preparation) -> str:
    """Returns a digest of every picture, its label, its part, and how pictures are read."""
    content = digest(*audit.digests, examples.labels.tobytes(), *examples.class_names)
    divided = [f"{part}:{numbers.tolist()}" for part, numbers in rows.items()]
    read_as = (list(preparation.image_size), preparation.resize, preparation.background)
    return digest(content, *divided, *map(str, read_as))
