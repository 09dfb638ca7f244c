"""A plan read against a model: which of its weights train, at which rates, and which stay."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import keras

from keras_tl.structure.chain import Chain
from keras_tl.structure.kinds import (
    KINDS,
    MOMENTS,
    TRAINABLE_KINDS,
    batch_norms,
    weights_by_kind,
)

if TYPE_CHECKING:
    from keras_tl.structure.plan import Plan, Selection


@dataclass(frozen=True)
class Assignment:
    """A plan read against a model.

    Attributes:
        plan: The plan.
        chain: The chain of the model.
    """

    plan: "Plan"
    chain: Chain

    def multipliers(self, index: int) -> list[tuple[keras.Variable, float]]:
        """Returns the weights of a stage that train, each with its multiple of the base rate."""
        return [
            (weight, factor)
            for layer, weight, kind in self._candidates(index)
            if (factor := self._multiplier(index, layer, kind))
        ]

    def is_frozen(self, index: int) -> bool:
        """Tells whether nothing in the stage trains."""
        return not self.multipliers(index)

    def trained_stages(self) -> tuple[str, ...]:
        """Returns the names of the stages in which something trains."""
        stages = enumerate(self.chain)
        return tuple(stage.name for i, stage in stages if not self.is_frozen(i))

    def trained_parameters(self, index: int) -> int:
        """Returns how many parameters of a stage train."""
        return sum(math.prod(weight.shape) for weight, _ in self.multipliers(index))

    def trains(self, index: int) -> str:
        """Says in words what of a stage trains."""
        trained = {id(weight) for weight, _ in self.multipliers(index)}
        candidates = self._candidates(index)
        if not trained:
            return "frozen"
        if len(trained) == len(candidates):
            return "all"
        found = {kind for _, weight, kind in candidates if id(weight) in trained}
        return ", ".join(kind for kind in KINDS if kind in found)

    def matches(self, selection: "Selection") -> bool:
        """Tells whether a selection names a variable of the chain that can train."""
        return any(
            selection.selects(layer, kind)
            for i in selection.stages(self.chain)
            for layer, _, kind in self._candidates(i)
        )

    def trained_ids(self) -> set[int]:
        """Returns the identities of the weights that train."""
        return {id(weight) for weight, _ in self._all_multipliers()}

    def rates(self, trained: keras.Model) -> list[float]:
        """Returns the multiple of the base rate of each trainable variable, in order.

        Args:
            trained: What `apply` returned for the plan and the model.
        """
        factors = {id(weight): factor for weight, factor in self._all_multipliers()}
        return [factors[id(weight)] for weight in trained.trainable_variables]

    def frozen_weights(self) -> dict[str, list[keras.Variable]]:
        """Returns the weights that stay as they are, by the name of their layer.

        BatchNorm moments are among them unless the plan moves them.
        """
        found: dict[str, list[keras.Variable]] = {}
        for i, stage in enumerate(self.chain):
            moving = {id(weight) for weight, _ in self.multipliers(i)}
            moves_moments = bool(moving) and self.plan.batch_norm == "train"
            for layer in stage.layers:
                kept = [
                    weight
                    for weight, kind in weights_by_kind(layer)
                    if id(weight) not in moving and not (kind == MOMENTS and moves_moments)
                ]
                found.setdefault(layer.name, []).extend(kept)
        return found

    def frozen_ids(self) -> set[int]:
        """Returns the identities of the weights that stay as they are."""
        return {id(weight) for kept in self.frozen_weights().values() for weight in kept}

    def moving_positions(self, model: keras.Model) -> list[int]:
        """Returns the positions in `model.weights` of what a phase may move.

        Moments that are estimated anew after the phase are among them.
        """
        kept = self._with_moments_that_move().frozen_ids()
        return [i for i, weight in enumerate(model.weights) if id(weight) not in kept]

    def _with_moments_that_move(self) -> "Assignment":
        if self.plan.batch_norm != "recalibrate":
            return self
        return replace(self, plan=replace(self.plan, batch_norm="train"))

    def _all_multipliers(self) -> Iterator[tuple[keras.Variable, float]]:
        for i in range(len(self.chain)):
            yield from self.multipliers(i)

    def _candidates(self, index: int) -> list[tuple[keras.Layer, keras.Variable, str]]:
        """Returns what of a stage can train under the BatchNorm policy of the plan."""
        layers = self.chain[index].layers
        norms = [part for layer in layers for part in batch_norms(layer)]
        is_held = self.plan.batch_norm in ("frozen", "recalibrate")
        held = {id(weight) for norm in norms for weight in norm.weights} if is_held else set()
        return [
            (layer, weight, kind)
            for layer in layers
            for weight, kind in weights_by_kind(layer)
            if kind in TRAINABLE_KINDS and id(weight) not in held
        ]

    def _multiplier(self, index: int, layer: keras.Layer, kind: str) -> float:
        """Returns what the first selection that names a variable says of it; 0 if none does."""
        distance = len(self.chain) - 1 - index
        for selection in self.plan.trained:
            if index in selection.stages(self.chain) and selection.selects(layer, kind):
                return selection.rate * selection.decay**distance
        return 0.0
