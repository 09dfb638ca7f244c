"""Which class is explained in which picture."""

from collections.abc import Sequence

import keras
import numpy as np

from keras_tl.foundation.checks import at_least, suggestion
from keras_tl.models.card import class_names
from keras_tl.models.heads import ClassProbabilities

Entry = str | Sequence[str]
Classes = str | Sequence[Entry] | None

_MOST_NAMES = 10


def names_of_outputs(model: keras.Model) -> list[str]:
    """Returns the class names of a model; of one that has none, the numbers of its outputs."""
    if any(isinstance(layer, ClassProbabilities) for layer in model.layers):
        return class_names(model)
    return [str(number) for number in range(model.outputs[0].shape[-1])]


def targets(
    classes: Classes, top: int, probabilities: np.ndarray, names: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Returns what to explain: a picture and a class for each map.

    Args:
        classes: None, for the `top` most probable of each picture; a name, for all pictures; or
            for each picture a name or several.
        top: How many classes of each picture.
        probabilities: `(pictures, classes)`.
        names: Class names.

    Returns:
        `(maps,)` numbers of pictures, in order, and `(maps,)` numbers of classes.

    Raises:
        ValueError: If a name is no class, or there is not one entry a picture.
    """
    at_least("top", top, 1)
    if classes is None:
        wanted = np.argsort(-probabilities, axis=1, kind="stable")[:, :top].tolist()
    else:
        wanted = [_numbers(entry, names) for entry in _entries(classes, top, len(probabilities))]
    pictures = np.repeat(np.arange(len(wanted)), [len(entry) for entry in wanted])
    return pictures, np.array([number for entry in wanted for number in entry])


def _entries(classes: str | Sequence[Entry], top: int, pictures: int) -> list[Entry]:
    entries: list[Entry] = list(classes)
    if isinstance(classes, str):
        entries = [classes] * pictures
    if top > 1 or len(entries) != pictures:
        raise ValueError(
            "`classes` must be None, or the name of a class, or one entry for each of the "
            f"{pictures} pictures, and goes without `top`. Received: {len(entries)} entries, "
            f"top={top}"
        )
    return entries


def _numbers(entry: Entry, names: Sequence[str]) -> list[int]:
    wanted = [entry] if isinstance(entry, str) else list(entry)
    for name in wanted:
        if name not in names:
            some = ", ".join(map(repr, names[:_MOST_NAMES]))
            more = ", ..." if len(names) > _MOST_NAMES else ""
            hint = suggestion(name, names)
            raise ValueError(
                f"`classes` must be of {some}{more}. Received: classes={name!r}.{hint}"
            )
    return [list(names).index(name) for name in wanted]
