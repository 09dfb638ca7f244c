"""The augmentation of a data set: found by what the source allows, and exchanged for another."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras

from keras_tl.data.augmenting.augmenter import Augmenter
from keras_tl.data.augmenting.choice import described, find_augmentation
from keras_tl.data.dataset import Data
from keras_tl.data.sources.resolve import is_built_in

Augment = str | Sequence[keras.Layer]


def augmented(
    data: Data, augment: Augment, *, flip: bool | None = None, views: int | None = None
) -> Data:
    """Returns the same data with another augmentation of its training images.

    Args:
        data: Data from `load_data`.
        augment: As `augment` of `load_data`.
        flip: As there.
        views: How many views epochs cycle through, as in `fine_tune`; None has new ones always.
    """
    found = augmentation_for(data.settings["source"], augment, flip, data.settings["seed"])
    train = data.train.with_augmentation(found)
    if found is not None and views is not None:
        train = train.with_views(views)
    settings = {**data.settings, **augmentation_settings(augment, found)}
    return replace(data, train=train, settings=settings)


def augmentation_for(
    source: object, augment: Augment, flip: bool | None, seed: int
) -> Augmenter | None:
    """Returns the augmentation for pictures of a source, which may forbid that they are mirrored.

    Raises:
        ValueError: If there is no such augmentation, or it would mirror what must not be.
    """
    if flip and is_built_in(source):
        raise ValueError(
            f"`flip` must not be True with {source!r}: a mirrored digit is another sign. "
            "Received: flip=True"
        )
    return find_augmentation(augment, flip=flip, usual_flip=not is_built_in(source), seed=seed)


def augmentation_settings(augment: Augment, found: Augmenter | None) -> dict[str, Any]:
    """Returns the settings that an augmentation was made from, as plain data."""
    return {"augment": described(augment, found), "flip": bool(found and found.flip)}
