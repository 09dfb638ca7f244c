"""What trains, and how fast: stages and kinds of their variables, apart from any model."""

import fnmatch
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import keras

from keras_tl.foundation.checks import in_range, known_keys, one_of
from keras_tl.structure.assignment import Assignment
from keras_tl.structure.chain import Chain, Granularity, chain
from keras_tl.structure.kinds import TRAINABLE_KINDS

BATCH_NORM_POLICIES = ("frozen", "affine", "train", "recalibrate")
Depth = int | float | str


@dataclass(frozen=True)
class Selection:
    """A run of stages, the kinds of their variables that train, and how fast.

    Attributes:
        first: Where the run begins, as `Chain.index` understands it.
        last: Where it ends, itself left out; None for the end of the chain.
        count: How many stages it is long, instead of `last`.
        kinds: Of `"kernel"`, `"bias"`, `"norm"` and `"other"`, those that train.
        layers: Pattern of layer names, such as `"block_1*"`; None for all layers.
        rate: Multiple of the base learning rate at the last stage of the chain.
        decay: Factor of the rate from each stage to the one before it.
    """

    first: Depth = 0
    last: Depth | None = None
    count: int | None = None
    kinds: tuple[str, ...] = TRAINABLE_KINDS
    layers: str | None = None
    rate: float = 1.0
    decay: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", tuple(self.kinds))
        for kind in self.kinds:
            one_of("kinds", kind, TRAINABLE_KINDS)
        in_range("rate", self.rate, 1e-12, 1e6)
        in_range("decay", self.decay, 1e-6, 1.0)

    def stages(self, of: Chain) -> range:
        """Returns the indices of the selected stages in a chain."""
        first = of.index(self.first)
        last = len(of) if self.last is None else of.index(self.last)
        return range(first, last if self.count is None else min(first + self.count, len(of)))

    def selects(self, layer: keras.Layer, kind: str) -> bool:
        """Tells whether variables of this kind in this layer train."""
        is_named = self.layers is None or fnmatch.fnmatchcase(layer.name, self.layers)
        return is_named and kind in self.kinds


@dataclass(frozen=True)
class Plan:
    """Which stages train, in which kinds of variables, how fast, and what BatchNorm does.

    The first selection that names a variable decides on it; what none names is frozen. A plan is
    plain data and knows no model: it is read against one when it is applied.

    Attributes:
        trained: The selections that train.
        batch_norm: What BatchNorm layers of trained stages do. `"frozen"`: neither scale and shift
            nor moments change; `"affine"`: scale and shift train, moments do not change;
            `"train"`: both change; `"recalibrate"`: as `"frozen"`, and when the phase is over all
            moments are estimated anew on the training split. Those of frozen stages are frozen.
        granularity: The pieces that depths count: `"stage"`, `"block"`, or the names of the layers
            to cut after.
    """

    trained: tuple[Selection, ...] = field(default_factory=lambda: (Selection(),))
    batch_norm: str = "frozen"
    granularity: Granularity = "stage"

    def __post_init__(self) -> None:
        object.__setattr__(self, "trained", tuple(self.trained))
        if not isinstance(self.granularity, str):
            object.__setattr__(self, "granularity", tuple(self.granularity))
        else:
            one_of("granularity", self.granularity, ("stage", "block"))
        one_of("batch_norm", self.batch_norm, BATCH_NORM_POLICIES)

    @classmethod
    def freeze_to(cls, depth: Depth, **options: Any) -> "Plan":
        """Returns the plan in which everything before `depth` is frozen.

        Args:
            depth: `-1` trains the head only and `0` everything (fastai's `freeze_to`); also a
                fraction of the stages before the head, or the name of the first that trains.
            **options: `batch_norm` and `granularity`.
        """
        return cls((Selection(depth),), **options)

    @classmethod
    def top(cls, stages: int, **options: Any) -> "Plan":
        """Returns the plan that trains the head and the `stages` stages before it."""
        return cls.freeze_to(-1 - stages, **options)

    @classmethod
    def surgical(cls, first: Depth, last: Depth, **options: Any) -> "Plan":
        """Returns the plan that trains the stages from `first` up to `last`, and the head.

        Source: Lee et al., 2023, arXiv:2210.11466.
        """
        return cls((Selection(first, last), Selection(-1)), **options)

    @classmethod
    def only(cls, *kinds: str, **options: Any) -> "Plan":
        """Returns the plan that trains some kinds of variables everywhere, and the whole head.

        `only("bias")` is BitFit (Ben Zaken et al., 2021, arXiv:2106.10199); `only("norm")` tunes
        scale and shift of normalisations (Frankle et al., 2020, arXiv:2003.00152).
        """
        policy = {"batch_norm": "affine"} if "norm" in kinds else {}
        return cls((Selection(-1), Selection(kinds=kinds)), **{**policy, **options})

    @classmethod
    def layer_decay(cls, decay: float, first: Depth = 0, **options: Any) -> "Plan":
        """Returns the plan in which each stage learns `decay` times as fast as the one after it.

        Source: Bao et al., 2021, arXiv:2106.08254; with `1 / 2.6` the discriminative rates of
        Howard and Ruder, 2018, arXiv:1801.06146.
        """
        return cls((Selection(first, decay=decay),), **options)

    @classmethod
    def by_stage(cls, rates: Mapping[str, float], **options: Any) -> "Plan":
        """Returns the plan with an own rate for each stage, by name; others are frozen."""
        return cls(tuple(Selection(n, count=1, rate=rate) for n, rate in rates.items()), **options)

    def assign(self, model: keras.Model) -> Assignment:
        """Reads the plan against a model.

        Raises:
            ValueError: If a selection names no stage of the model, or trains nothing there.
        """
        assignment = Assignment(self, chain(model, self.granularity))
        for selection in self.trained:
            if not assignment.matches(selection):
                raise ValueError(
                    "`plan` has a selection that matches nothing in the chain of "
                    f"{model.name!r}, whose stages are {', '.join(assignment.chain.names)}. "
                    f"Received: {selection!r}"
                )
        return assignment

    def to_dict(self) -> dict[str, Any]:
        """Returns the plan as plain data, as recipes write it; defaults are left out."""
        data = asdict(self)
        data["trained"] = [_brief(selection) for selection in self.trained]
        if not isinstance(self.granularity, str):
            data["granularity"] = list(self.granularity)
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Plan":
        """Returns the plan that `to_dict` gave."""
        known_keys("plan", data, [f.name for f in fields(cls)])
        for selection in data.get("trained", ()):
            known_keys("trained", selection, [f.name for f in fields(Selection)])
        selections = tuple(Selection(**s) for s in data.get("trained", ({},)))
        return cls(**{**data, "trained": selections})


def _brief(selection: Selection) -> dict[str, Any]:
    """Returns what differs from the default."""
    plain = {**asdict(selection), "kinds": list(selection.kinds)}
    default = {**asdict(Selection()), "kinds": list(TRAINABLE_KINDS)}
    return {key: value for key, value in plain.items() if value != default[key]}
