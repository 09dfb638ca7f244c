"""From what a user asks for to an augmentation."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import keras

from keras_tl.data.augmenting.augmenter import Augmenter
from keras_tl.data.augmenting.layers import LayerAugmentation
from keras_tl.data.augmenting.rand import RandAugmentation
from keras_tl.data.augmenting.strengths import AUGMENTATIONS, Augmentation
from keras_tl.foundation.checks import one_of

NAMED: dict[str, Callable[[bool, int], Augmenter]] = {
    **{name: partial(Augmentation, name) for name in AUGMENTATIONS},
    "rand": RandAugmentation,
}
"""One row a name, called with `flip` and `seed`."""


def find_augmentation(
    augment: str | Sequence[keras.Layer],
    *,
    flip: bool | None = None,
    usual_flip: bool = True,
    seed: int = 0,
) -> Augmenter | None:
    """Returns the augmentation that an argument `augment` means; None for `"none"`.

    Args:
        augment: A row of `NAMED`, or Keras layers, which say themselves what they mirror.
        flip: Whether pictures are mirrored.
        usual_flip: What `flip` means when it is None.
        seed: Seed of all draws, 0 or more.

    Raises:
        ValueError: If there is no such name, a layer is no augmentation, or layers and `flip` do
            not agree.
    """
    one_of("flip", flip, (None, True, False))
    may_flip = usual_flip if flip is None else flip
    found = (
        NAMED[one_of("augment", augment, NAMED)](may_flip, seed)
        if isinstance(augment, str)
        else LayerAugmentation(augment, may_flip, seed)
    )
    if flip and not found.flip:
        raise ValueError(
            "`flip` needs an augmentation that mirrors. Received: flip=True with "
            f"augment={augment!r}. Pass `augment='light'`, or add "
            "`keras.layers.RandomFlip('horizontal')` to the layers."
        )
    return None if augment == "none" else found


def described(augment: str | Sequence[keras.Layer], found: Augmenter | None) -> Any:
    """Returns an argument `augment` as plain data, for the settings of a data set."""
    if isinstance(augment, str) or found is None:
        return augment
    return found.to_dict()["layers"]
