"""Values from a search space: all combinations, random ones, and where they lie in it.

A space is what `keras_tuner.HyperParameters.space` holds: hyperparameters in the order in which
they were declared, a parent before what depends on it. A value is given to the active ones only.
"""

import math
import random
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from keras_tuner.engine.hyperparameters import Float, HyperParameter, Int

from keras_tl.tuning.settings import plain

Values = dict[str, Any]
Space = Sequence[HyperParameter]

HEAD_SETTINGS = ("backbone", "boundary", "head")
"""What decides the score of the head alone, on cached features."""

ATTEMPTS = 1000


def is_of_head(hyperparameter: HyperParameter) -> bool:
    """Returns whether a hyperparameter is one of `HEAD_SETTINGS`, for whatever backbone."""
    return not plain({hyperparameter.name: None}).keys().isdisjoint(HEAD_SETTINGS)


def is_depth(hyperparameter: HyperParameter) -> bool:
    """Returns whether a hyperparameter is the freeze depth, of whatever backbone."""
    return "trainable_stages" in plain({hyperparameter.name: None})


def is_active(hyperparameter: HyperParameter, values: Mapping[str, Any]) -> bool:
    """Returns whether `values` meet all conditions of a hyperparameter."""
    return all(condition.is_active(values) for condition in hyperparameter.conditions)


def active_values(space: Space, values: Mapping[str, Any]) -> Values:
    """Returns `values` without those of inactive hyperparameters; what is not declared stays.

    A name may be declared several times, under conditions of which one is met. KerasTuner's own
    `ensure_active_values` loses such a value.
    """
    declared = {hyperparameter.name for hyperparameter in space}
    active = {hyperparameter.name for hyperparameter in space if is_active(hyperparameter, values)}
    return {k: v for k, v in values.items() if k in active or k not in declared}


def options(hyperparameter: HyperParameter) -> list[Any]:
    """Returns the values that a grid tries: the default, then the others in their order."""
    default, values = hyperparameter.default, list(hyperparameter.values)
    if isinstance(hyperparameter, (Float, Int)):
        number = int if isinstance(hyperparameter, Int) else float
        values = sorted(number(value) for value in values if not math.isclose(value, default))
    return list(dict.fromkeys([default, *values]))


def combinations(
    space: Space, options_of: Callable[[HyperParameter], Sequence[Any]] = options
) -> Iterator[Values]:
    """Yields every combination once; what was declared first changes slowest.

    Args:
        space: The hyperparameters.
        options_of: Gives the values to combine, for a hyperparameter.
    """

    def extended(values: Values, rest: Space) -> Iterator[Values]:
        if not rest:
            yield values
        elif not is_active(rest[0], values):
            yield from extended(values, rest[1:])
        else:
            for value in options_of(rest[0]):
                yield from extended({**values, rest[0].name: value}, rest[1:])

    return extended({}, list(space))


def draw(space: Space, generator: random.Random, fixed: Mapping[str, Any] | None = None) -> Values:
    """Draws a value for each active hyperparameter, except those that are `fixed`."""
    values: Values = {}
    for hyperparameter in space:
        if is_active(hyperparameter, values):
            drawn = hyperparameter.prob_to_value(generator.random())
            values[hyperparameter.name] = (fixed or {}).get(hyperparameter.name, drawn)
    return values


def draw_new(
    space: Space,
    generator: random.Random,
    count: int,
    *,
    taken: Collection[Values] = (),
    fixed: Mapping[str, Any] | None = None,
) -> list[Values]:
    """Draws values that differ from each other and from those that are `taken`.

    Returns:
        As many as `count`; fewer if 1000 draws in a row gave no new ones.
    """
    found: list[Values] = []
    misses = 0
    while len(found) < count and misses < ATTEMPTS:
        values = draw(space, generator, fixed)
        if values in found or values in taken:
            misses += 1
        else:
            found, misses = [*found, values], 0
    return found


def position(space: Space, values: Mapping[str, Any], names: Sequence[str]) -> tuple[float, ...]:
    """Returns where `values` lie in the space, a key that sorts them by each of `names` in turn."""
    active = {
        hyperparameter.name: hyperparameter.value_to_prob(values[hyperparameter.name])
        for hyperparameter in space
        if is_active(hyperparameter, values)
    }
    found = plain(active)
    return tuple(found.get(name, -1.0) for name in names)
