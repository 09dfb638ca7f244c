r"""Optimizers with a multiplier of the rate for each variable.

Keras's `MultiOptimizer` gives groups of variables an optimizer each. One optimizer with
multipliers has one readable learning rate, one schedule, one count of steps, clips by the norm of
all gradients, and finds its variables by their order, so that no name that changes on loading can
move a variable to another group.

Decoupled weight decay is multiplied like the rate, as in timm and BEiT.

A variable may have taken steps in an earlier phase: its age. Adam corrects its moving averages for
having begun at zero by a factor that depends on the steps taken; with ages, variables that go on
training and variables that join now are each corrected for their own number of steps. (One common
count would give the new ones first steps up to five times too large.)
"""

from collections.abc import Iterable, Sequence
from typing import Any

import keras
from keras import ops

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "lion": keras.optimizers.Lion,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
}


class PerVariableRates(keras.optimizers.Optimizer):
    """Mixed into a Keras optimizer: multipliers of the rate, and ages of the variables.

    Args:
        multipliers: One number a variable, in the order of `model.trainable_variables`.
        ages: Steps that each variable has taken in earlier phases; zero by default.
    """

    def __init__(
        self, *args: Any, multipliers: Sequence[float], ages: Sequence[int] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.multipliers = [float(factor) for factor in multipliers]
        self.ages = [int(age) for age in ages] or [0] * len(self.multipliers)
        self._whole_decay: float | None = self.weight_decay

    def build(self, variables: Sequence[keras.Variable]) -> None:
        """Creates the slots; there must be a multiplier and an age for each variable."""
        if not len(variables) == len(self.multipliers) == len(self.ages):
            raise ValueError(
                "`multipliers` and `ages` must have one number a trainable variable. Received: "
                f"{len(self.multipliers)} and {len(self.ages)} for {len(variables)} variables. "
                "The optimizer belongs to a model frozen in another way."
            )
        super().build(variables)

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Updates one variable at its own rate."""
        index = self._get_variable_index(variable)
        factor = self.multipliers[index] * self._age_factor(self.ages[index], variable.dtype)
        super().update_step(gradient, variable, learning_rate * factor)

    def _age_factor(self, age: int, dtype: Any) -> Any:
        """Returns what turns Adam's bias correction for its own steps into that for all steps."""
        if not age or not isinstance(self, keras.optimizers.Adam):
            return 1.0
        step = ops.cast(self.iterations + 1, dtype)
        return self._correction(step + age) / self._correction(step)

    def _correction(self, step: Any) -> Any:
        beta_1, beta_2 = ops.cast(self.beta_1, step.dtype), ops.cast(self.beta_2, step.dtype)
        return ops.sqrt(1.0 - ops.power(beta_2, step)) / (1.0 - ops.power(beta_1, step))

    def _apply_weight_decay(self, variables: Iterable[Any]) -> None:
        """Decays each variable in proportion to its rate."""
        if self._whole_decay is None:
            return
        by_factor: dict[float, list[Any]] = {}
        for variable in variables:
            factor = self.multipliers[self._get_variable_index(variable)]
            by_factor.setdefault(factor, []).append(variable)
        try:
            for factor, group in by_factor.items():
                self.weight_decay = self._whole_decay * factor
                super()._apply_weight_decay(group)
        finally:
            self.weight_decay = self._whole_decay

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "multipliers": self.multipliers, "ages": self.ages}


def _with_rates(cls: type[keras.optimizers.Optimizer]) -> type[keras.optimizers.Optimizer]:
    """Returns the subclass of a Keras optimizer with a multiplier for each variable."""
    documented = {"__doc__": f"{cls.__name__} with a multiplier of the rate for each variable."}
    made = type(f"PerVariable{cls.__name__}", (PerVariableRates, cls), documented)
    return keras.saving.register_keras_serializable("keras_tl")(made)


PER_VARIABLE_OPTIMIZERS = {name: _with_rates(cls) for name, cls in OPTIMIZERS.items()}


def make_optimizer(
    name: str,
    learning_rate: Any,
    multipliers: Sequence[float],
    ages: Sequence[int],
    **options: Any,
) -> keras.optimizers.Optimizer:
    """Returns a Keras optimizer; one of ours if a variable has its own rate or an age.

    Args:
        name: `"adam"`, `"adamw"`, `"lion"`, `"rmsprop"` or `"sgd"`.
        learning_rate: Number or Keras schedule.
        multipliers: One number a trainable variable.
        ages: Steps that each has taken before.
        **options: The Keras optimizer's own, such as `weight_decay` or `global_clipnorm`.
    """
    if all(factor == 1.0 for factor in multipliers) and not any(ages):
        return OPTIMIZERS[name](learning_rate, **options)
    return PER_VARIABLE_OPTIMIZERS[name](
        learning_rate, multipliers=multipliers, ages=ages, **options
    )


def slots(optimizer: keras.optimizers.Optimizer) -> dict[str, keras.Variable]:
    """Returns the slots of an optimizer by name: `<path of the variable>_<slot>`."""
    counters = ("iteration", "learning_rate")
    return {slot.name: slot for slot in optimizer.variables if slot.name not in counters}


def carry(
    old: keras.optimizers.Optimizer, new: keras.optimizers.Optimizer
) -> keras.optimizers.Optimizer:
    """Gives a new, built optimizer the slots that an old one has for the same variables."""
    before = slots(old)
    for name, slot in slots(new).items():
        if name in before and before[name].shape == slot.shape:
            slot.assign(before[name].value)
    return new
