"""From what a user asks for to an augmentation."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras

from keras_tl.data.augmenting.augmenter import Augmenter
from keras_tl.data.augmenting.layers import LayerAugmentation
from keras_tl.data.augmenting.rand import RandAugmentation
from keras_tl.data.augmenting.strengths import AUGMENTATIONS, Augmentation
from keras_tl.data.sources.resolve import is_built_in
from keras_tl.foundation.checks import one_of

Augment = str | Sequence[keras.Layer]

NAMED: dict[str, Callable[[bool, int], Augmenter]] = {
    **{name: partial(Augmentation, name) for name in AUGMENTATIONS},
    "rand": RandAugmentation,
}
"""One row a name, called with `flip` and `seed`."""


def find_augmentation(
    augment: Augment, *, source: object = None, flip: bool | None = None, seed: int = 0
) -> Augmenter | None:
    """Returns the augmentation that an argument `augment` means; None for `"none"`.

    Args:
        augment: A row of `NAMED`, or Keras layers, which say themselves what they mirror.
        source: Where the pictures come from; those that are built in are never mirrored.
        flip: Whether pictures are mirrored; None mirrors them where they may be.
        seed: Seed of all draws, 0 or more.

    Raises:
        ValueError: If there is no such name, a layer is no augmentation, layers and `flip` do not
            agree, or what must not be mirrored would be.
    """
    one_of("flip", flip, (None, True, False))
    may_flip = _may_flip(source, flip)
    augmentation = (
        NAMED[one_of("augment", augment, NAMED)](may_flip, seed)
        if isinstance(augment, str)
        else LayerAugmentation(augment, may_flip, seed)
    )
    if flip and not augmentation.flip:
        raise ValueError(
            "`flip` needs an augmentation that mirrors. Received: flip=True with "
            f"augment={augment!r}. Pass `augment='light'`, or add "
            "`keras.layers.RandomFlip('horizontal')` to the layers."
        )
    return None if augment == "none" else augmentation


def augmentation_settings(augmentation: Augmenter | None) -> dict[str, Any]:
    """Returns the arguments `augment` and `flip` that mean an augmentation, as plain data."""
    if augmentation is None:
        return {"augment": "none", "flip": False}
    made_from = augmentation.to_dict()
    augment = made_from["strength"] if "strength" in made_from else made_from["layers"]
    return {"augment": augment, "flip": augmentation.flip}


def _may_flip(source: object, flip: bool | None) -> bool:
    if not is_built_in(source):
        return flip is not False
    if flip:
        raise ValueError(
            f"`flip` must not be True with {source!r}: a mirrored digit is another sign. "
            "Received: flip=True"
        )
    return False
