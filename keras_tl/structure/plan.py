"""What trains: an assignment of (stage, kind of variable), apart from any one model."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import keras

from keras_tl.foundation.checks import known_keys, one_of
from keras_tl.structure.chain import GRANULARITIES, Chain, chain
from keras_tl.structure.kinds import KINDS, TRAINABLE_KINDS

BATCH_NORM_POLICIES = ("frozen", "train")
Depth = int | float | str


@dataclass(frozen=True)
class Selection:
    """A run of stages and the kinds of their variables that train.

    Attributes:
        first: Where the run begins, as `Chain.index` understands it.
        last: Where it ends, itself left out; None for the end of the chain.
        kinds: Of `"kernel"`, `"bias"`, `"norm"` and `"other"`, those that train.
    """

    first: Depth = 0
    last: Depth | None = None
    kinds: tuple[str, ...] = TRAINABLE_KINDS

    def __post_init__(self) -> None:
        object.__setattr__(self, "kinds", tuple(self.kinds))
        for kind in self.kinds:
            one_of("kinds", kind, TRAINABLE_KINDS)

    def stages(self, of: Chain) -> range:
        """Returns the indices of the selected stages in a chain."""
        last = len(of) if self.last is None else of.index(self.last)
        return range(of.index(self.first), last)


@dataclass(frozen=True)
class Plan:
    """Which stages train, in which kinds of variables, and what BatchNorm does.

    What no selection names is frozen. A plan is plain data and knows no model: it is read
    against one when it is applied.

    Attributes:
        trained: The selections that train.
        batch_norm: `"frozen"`: BatchNorm layers neither train nor move their moments, wherever
            they are; `"train"`: those of trained stages do both.
        granularity: The pieces that depths count: `"stage"` or `"block"`.
    """

    trained: tuple[Selection, ...] = field(default_factory=lambda: (Selection(),))
    batch_norm: str = "frozen"
    granularity: str = "stage"

    def __post_init__(self) -> None:
        object.__setattr__(self, "trained", tuple(self.trained))
        one_of("batch_norm", self.batch_norm, BATCH_NORM_POLICIES)
        one_of("granularity", self.granularity, GRANULARITIES)

    @classmethod
    def freeze_to(cls, depth: Depth, **options: str) -> "Plan":
        """Returns the plan in which everything before `depth` is frozen.

        Args:
            depth: `-1` trains the head only and `0` everything (fastai's `freeze_to`); also a
                fraction of the stages before the head, or the name of the first that trains.
            **options: `batch_norm` and `granularity`.
        """
        return cls((Selection(depth),), **options)

    def assign(self, model: keras.Model) -> "Assignment":
        """Reads the plan against a model.

        Raises:
            ValueError: If a selection names no stage of the model, or trains nothing there.
        """
        stages = chain(model, self.granularity)
        kinds: list[frozenset[str]] = [frozenset() for _ in stages]
        for selection in self.trained:
            if not (indices := selection.stages(stages)):
                raise ValueError(
                    "`plan` has a selection that matches nothing in the chain of "
                    f"{model.name!r}, whose stages are {', '.join(stages.names)}. "
                    f"Received: plan={self!r}"
                )
            for i in indices:
                kinds[i] = kinds[i] | frozenset(selection.kinds)
        return Assignment(self, stages, tuple(kinds))

    def to_dict(self) -> dict[str, Any]:
        """Returns the plan as plain data, as recipes write it."""
        data = asdict(self)
        data["trained"] = [{**s, "kinds": list(s["kinds"])} for s in data["trained"]]
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Plan":
        """Returns the plan that `to_dict` gave."""
        known_keys("plan", data, ("trained", "batch_norm", "granularity"))
        for selection in data.get("trained", ()):
            known_keys("trained", selection, ("first", "last", "kinds"))
        selections = tuple(Selection(**s) for s in data.get("trained", ({},)))
        return cls(**{**data, "trained": selections})


@dataclass(frozen=True)
class Assignment:
    """A plan read against a model.

    Attributes:
        plan: The plan.
        chain: The chain of the model.
        kinds: For each stage, the kinds of variables that train; empty if it is frozen.
    """

    plan: Plan
    chain: Chain
    kinds: Sequence[frozenset[str]]

    def is_frozen(self, index: int) -> bool:
        """Tells whether nothing in the stage trains."""
        return not self.kinds[index]

    def trains(self, index: int) -> str:
        """Says in words what of a stage trains."""
        if self.is_frozen(index):
            return "frozen"
        left_out = [kind for kind in TRAINABLE_KINDS if kind not in self.kinds[index]]
        trained = [kind for kind in KINDS if kind in self.kinds[index]]
        return "all" if not left_out else ", ".join(trained)
