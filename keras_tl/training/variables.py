"""The values of variables: read and put back, all or some of them."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

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
