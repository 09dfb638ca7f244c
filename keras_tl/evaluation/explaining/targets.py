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
        classes: None, for the `top` most probable of each picture; a name, for all pictures; or a
            list of one entry for each picture, or for all, each a name or several.
        top: How many classes of each picture where `classes` is None.
        probabilities: `(pictures, classes)`.
        names: Class names.

    Returns:
        `(maps,)` numbers of pictures, in order, and `(maps,)` numbers of classes.

    Raises:
        ValueError: If a name is no class, there are too few or too many entries, or none, or both
            arguments choose.
    """
    at_least("top", top, 1)
    if classes is None:
        wanted = np.argsort(-probabilities, axis=1, kind="stable")[:, :top].tolist()
    elif top == 1:
        wanted = [_numbers(entry, names) for entry in _entries(classes, len(probabilities))]
    else:
        raise ValueError(
            f"`top` must be 1 where `classes` are named. Received: top={top}, classes={classes!r}"
        )
    if not any(wanted):
        raise ValueError(f"`classes` must name at least one class. Received: classes={classes!r}")
    pictures = np.repeat(np.arange(len(wanted)), [len(entry) for entry in wanted])
    return pictures, np.array([number for entry in wanted for number in entry])


def _entries(classes: str | Sequence[Entry], pictures: int) -> list[Entry]:
    entries: list[Entry] = [classes] if isinstance(classes, str) else list(classes)
    if len(entries) not in (1, pictures):
        raise ValueError(
            "`classes` must be None, the name of a class, or a list of one entry for all pictures "
            f"or one for each of the {pictures}. Received: {len(entries)} entries"
        )
    return entries * pictures if len(entries) == 1 else entries


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
