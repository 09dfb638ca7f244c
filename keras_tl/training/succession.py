"""What the optimizer of a phase takes over from the phases before it.

A variable that goes on training keeps its slots and its age; one that joins begins at zero. Both
follow from the plans and the recorded histories, so that an interrupted run finds them again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from keras_tl.training.optimizers import carry, make_optimizer
from keras_tl.training.phases import Phase
from keras_tl.training.schedules import SCHEDULES

Histories = Sequence[Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Succession:
    """The optimizers of phases that train one model, one after the other.

    Attributes:
        phases: The phases, in order.
        model: The model that they train.
        batches: Batches in an epoch.
    """

    phases: Sequence[Phase]
    model: keras.Model
    batches: int

    def optimizer(
        self, number: int, trained: keras.Model, histories: Histories
    ) -> keras.optimizers.Optimizer:
        """Returns a new optimizer for a phase.

        Args:
            number: Of the phase.
            trained: The model that its plan gives.
            histories: For each phase that has begun, a row for each epoch.
        """
        phase = self.phases[number]
        return make_optimizer(
            phase.optimizer,
            SCHEDULES[phase.schedule](phase.learning_rate, phase.epochs * self.batches),
            phase.plan.assign(self.model).rates(trained),
            self.ages(number, trained.trainable_variables, histories),
            **phase.optimizer_options,
            **({} if phase.ema is None else {"use_ema": True, "ema_momentum": phase.ema}),
        )

    def hand_over(
        self,
        number: int,
        earlier: keras.optimizers.Optimizer,
        optimizer: keras.optimizers.Optimizer,
    ) -> None:
        """Gives the built optimizer of a phase the slots of the one before, if it goes on."""
        if self._goes_on(number - 1):
            carry(earlier, optimizer)

    def ages(
        self, number: int, variables: Sequence[keras.Variable], histories: Histories
    ) -> list[int]:
        """Returns the steps that each variable has taken, without a pause, when a phase begins."""
        age: dict[int, int] = {}
        for i, phase in enumerate(self.phases[:number]):
            per_step = phase.optimizer_options.get("gradient_accumulation_steps") or 1
            steps = len(histories[i]) * self.batches // per_step
            trained = phase.plan.assign(self.model).trained_ids() if self._goes_on(i) else set()
            age = {weight: age.get(weight, 0) + steps for weight in trained}
        return [age.get(id(variable), 0) for variable in variables]

    def _goes_on(self, number: int) -> bool:
        """Tells whether the phase after this one goes on with its optimizer's slots."""
        phase, following = self.phases[number], self.phases[number + 1]
        return phase.optimizer == following.optimizer and not (phase.solver or following.solver)
