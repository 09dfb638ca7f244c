"""The values of variables: read, put back, all or some of them, and told from others."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_tl.foundation.files import digest

Values = list[np.ndarray]
ValuesAt = dict[int, np.ndarray]
"""Values by the position of their variable in a list."""


def values(variables: Sequence[Any]) -> Values:
    """Returns copies of the values of variables."""
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in variables]


def assign(variables: Sequence[Any], given: Values) -> None:
    """Puts values into variables, in order."""
    for variable, value in zip(variables, given, strict=True):
        variable.assign(value)


def values_at(variables: Sequence[Any], positions: Sequence[int]) -> ValuesAt:
    """Returns copies of the values of some variables, by their position."""
    return dict(zip(positions, values([variables[i] for i in positions]), strict=True))


def assign_at(variables: Sequence[Any], given: ValuesAt) -> None:
    """Puts values into the variables at their positions."""
    assign([variables[i] for i in given], list(given.values()))


def digest_of(variables: Sequence[Any]) -> str:
    """Returns a digest of the values of variables."""
    return digest(*(keras.ops.convert_to_numpy(v.value).tobytes() for v in variables))


def fingerprint(model: keras.Model) -> str:
    """Returns a digest of the weights of a model, such as those that training starts from."""
    return digest_of(model.weights)
