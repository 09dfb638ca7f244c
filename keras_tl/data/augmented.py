"""The same data with another augmentation of what is trained on."""

from dataclasses import replace

from keras_tl.data.augmenting.choice import Augment, augmentation_settings, find_augmentation
from keras_tl.data.dataset import Data


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
    source, seed = data.settings["source"], data.settings["seed"]
    augmentation = find_augmentation(augment, source=source, flip=flip, seed=seed)
    train = data.train.with_augmentation(augmentation)
    if augmentation is not None and views is not None:
        train = train.with_views(views)
    settings = {**data.settings, **augmentation_settings(augmentation)}
    return replace(data, train=train, settings=settings)
