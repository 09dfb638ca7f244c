"""What a search may choose from, declared to KerasTuner with the conditions that it needs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import keras_tuner as kt

from keras_tl.data.augmenting.choice import NAMED
from keras_tl.foundation.checks import in_range, known_keys, one_of
from keras_tl.models.heads import HEADS
from keras_tl.tuning.settings import RECIPES, Settings, plain, scoped

Values = Any
WHOLE = "end"
TINY = 1e-12
USUAL: dict[str, Any] = {setting.name: setting.default for setting in fields(Settings)}
LIMITS = {
    "trainable_stages": (0, math.inf),
    "head_rate": (TINY, math.inf),
    "backbone_rate": (TINY, math.inf),
    "layer_decay": (TINY, 1.0),
    "dropout": (0.0, 0.99),
    "label_smoothing": (0.0, 0.99),
}
_DECADE = 10


@dataclass(frozen=True)
class SearchSpace:
    """What each setting of a trial may be.

    A list is a choice, a tuple of two numbers a range, ends included; any other tuple is a choice
    too, and anything else a value that is fixed. A range of positive numbers over a decade or more
    is drawn in its logarithm.

    Raises:
        ValueError: If a value is none that the setting may have.

    Attributes:
        boundary: Where the backbone ends: a stage or block, or None for its end. A mapping gives
            each backbone its own.
        head: A row of `HEADS`.
        trainable_stages: Pieces of the backbone that train, counted from the head; 0 trains the
            head alone. A range is cut to what a backbone has.
        recipe: How they are unfrozen: a row of `RECIPES` of a search.
        head_rate: Learning rate of the head.
        backbone_rate: Learning rate of the last trained piece of the backbone.
        layer_decay: Factor of the rate from each piece to the one before it.
        dropout: Before the head, in training.
        label_smoothing: Share of the target that is spread over all classes.
        augment: Strength of augmentation.
    """

    boundary: Values = None
    head: Values = "linear"
    trainable_stages: Values = (0, 3)
    recipe: Values = ("lp-ft", "gradual-unfreezing")
    head_rate: Values = (1e-4, 1e-2)
    backbone_rate: Values = (1e-5, 1e-3)
    layer_decay: Values = (0.3, 1.0)
    dropout: Values = (0.0, 0.5)
    label_smoothing: Values = (0.0, 0.1)
    augment: Values = "none"

    @classmethod
    def of(
        cls, changes: "SearchSpace | Mapping[str, Values] | None", recipe: Values = None
    ) -> "SearchSpace":
        """Returns the space that arguments mean: the usual one with some changes.

        Args:
            changes: Settings by name, or a space.
            recipe: One or more ways to unfreeze, instead of those of the space.

        Raises:
            ValueError: On an unknown setting, with the nearest known one.
        """
        if not isinstance(changes, SearchSpace):
            known_keys("space", changes or {}, [f.name for f in fields(cls)])
            changes = cls(**(changes or {}))
        return changes if recipe is None else replace(changes, recipe=recipe)

    def __post_init__(self) -> None:
        for name, rows in {"head": HEADS, "recipe": RECIPES, "augment": NAMED}.items():
            for value in _listed(getattr(self, name)):
                one_of(name, value, rows)
        for name, (low, high) in LIMITS.items():
            _check_numbers(name, getattr(self, name), low, high)

    def boundaries(self, backbone: str) -> list[str | None]:
        """Returns the boundaries of a backbone that may be chosen."""
        of_each = isinstance(self.boundary, Mapping)
        return _listed(self.boundary.get(backbone) if of_each else self.boundary)

    def depths(self, count: int) -> list[int]:
        """Returns how many pieces may train of a backbone that has `count`."""
        return list(_integers(_cut(self.trainable_stages, count)))

    def declare(self, stages: Mapping[str, Mapping[str | None, int]]) -> kt.HyperParameters:
        """Returns the space in KerasTuner's terms.

        Depth depends on backbone and boundary; the rate of the backbone and the way to unfreeze it
        on there being something to unfreeze; decay on there being more than one piece.

        Args:
            stages: For each backbone and each of its boundaries, how many pieces could train.
        """
        hp = kt.HyperParameters()
        hp.Choice("backbone", list(stages))
        for backbone, counts in stages.items():
            where = [backbone] if len(stages) > 1 else []
            with hp.conditional_scope("backbone", [backbone]):
                name = scoped("boundary", where)
                hp.Choice(name, [boundary or WHOLE for boundary in counts])
                for boundary, count in counts.items():
                    end = boundary or WHOLE
                    with hp.conditional_scope(name, [end]):
                        depths = _cut(self.trainable_stages, count)
                        self._declare_depth(
                            hp, [*where, *([end] if len(counts) > 1 else [])], depths
                        )
        for name in ("head", "head_rate", "dropout", "label_smoothing", "augment"):
            _declare(hp, name, getattr(self, name))
        return hp

    def _declare_depth(self, hp: kt.HyperParameters, where: Sequence[str], depths: Values) -> None:
        """Declares depth and what depends on it, in the scope of a backbone and a boundary."""
        name = scoped("trainable_stages", where)
        _declare(hp, name, depths)
        thawed = [depth for depth in _integers(depths) if depth > 0]
        if thawed:
            with hp.conditional_scope(name, thawed):
                _declare(hp, scoped("recipe", where), self.recipe)
                _declare(hp, scoped("backbone_rate", where), self.backbone_rate)
        several = [depth for depth in thawed if depth > 1]
        if several:
            with hp.conditional_scope(name, several):
                _declare(hp, scoped("layer_decay", where), self.layer_decay)


def _declare(hp: kt.HyperParameters, name: str, values: Values) -> None:
    """Declares a setting; its default is the usual value, where that may be chosen."""
    (usual,) = (USUAL[setting] for setting in plain({name: None}))
    if _is_choice(values):
        has_fractions = any(isinstance(value, float) for value in values)
        values = list(map(float, values) if has_fractions else values)
        hp.Choice(name, values, default=usual if usual in values else values[0])
    elif _is_range(values):
        low, high = values
        default = usual if low <= usual <= high else low
        if isinstance(low, int) and isinstance(high, int):
            hp.Int(name, low, high, default=int(default))
        else:
            sampling = "log" if low > 0 and high / low >= _DECADE else "linear"
            hp.Float(name, float(low), float(high), sampling=sampling, default=float(default))
    else:
        hp.Fixed(name, values)


def _is_range(values: Values) -> bool:
    is_pair = isinstance(values, tuple) and len(values) == 2
    return is_pair and all(isinstance(v, (int, float)) for v in values)


def _is_choice(values: Values) -> bool:
    return isinstance(values, (list, tuple)) and not _is_range(values)


def _listed(values: Values) -> list[Any]:
    """Returns the values of a choice, the ends of a range, or the one value."""
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _integers(values: Values) -> range | list[int]:
    return range(values[0], values[1] + 1) if _is_range(values) else _listed(values)


def _cut(values: Values, count: int) -> Values:
    """Returns the depths that a backbone of `count` pieces has."""
    if _is_range(values):
        return (min(values[0], count), min(values[1], count))
    found = [depth for depth in _integers(values) if depth <= count]
    if not found:
        raise ValueError(
            f"`trainable_stages` must be at most {count}, the pieces that the backbone has. "
            f"Received: trainable_stages={values!r}"
        )
    return found


def _check_numbers(name: str, values: Values, low: float, high: float) -> None:
    for value in _listed(values):
        in_range(name, value, low, high)
    if _is_range(values) and values[0] > values[1]:
        raise ValueError(
            f"`{name}` must begin with the lower end of its range. Received: {name}={values!r}"
        )
    if not _listed(values):
        raise ValueError(f"`{name}` must have a value to choose. Received: {name}={values!r}")
