"""A phase: what trains, how fast and how long. Plain data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from keras_tl.foundation.checks import at_least, in_range, known_keys, one_of
from keras_tl.structure.plan import Plan
from keras_tl.training.optimizers import OPTIMIZERS
from keras_tl.training.schedules import SCHEDULES
from keras_tl.training.solvers import SOLVERS


@dataclass(frozen=True)
class Phase:
    """A period of training under one plan.

    Attributes:
        name: What it is called in tables and logs.
        plan: What trains, and at which multiples of the rate.
        epochs: How many epochs at most.
        learning_rate: The base rate; with a schedule, its peak.
        optimizer: `"adam"`, `"adamw"`, `"lion"`, `"rmsprop"` or `"sgd"`, made anew for the phase;
            variables that trained in the phase before, with the same one, keep their slots.
        optimizer_options: The Keras optimizer's own, such as `{"global_clipnorm": 1.0}`.
        schedule: How the rate goes over the phase; a row of `SCHEDULES`.
        patience: Epochs without a lower validation loss after which the phase ends; None never.
        restore_best: Whether the phase ends with the weights of its lowest validation loss.
        ema: Momentum of a moving average of the trained weights over batches, such as 0.99 (Polyak
            and Juditsky, 1992); the averages are validated and kept, and begin anew with each
            phase. None does without.
        solver: `"logistic"` or `"linear-svm"` fits a linear head in closed form, by scikit-learn,
            instead of training; None trains.
    """

    name: str
    plan: Plan = field(default_factory=Plan)
    epochs: int = 5
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    optimizer_options: Mapping[str, Any] = field(default_factory=dict)
    schedule: str = "constant"
    patience: int | None = None
    restore_best: bool = True
    ema: float | None = None
    solver: str | None = None

    def __post_init__(self) -> None:
        at_least("epochs", self.epochs, 1)
        in_range("learning_rate", self.learning_rate, 1e-12, 100.0)
        one_of("optimizer", self.optimizer, OPTIMIZERS)
        one_of("schedule", self.schedule, SCHEDULES)
        one_of("solver", self.solver, (None, *SOLVERS))
        if self.patience is not None:
            at_least("patience", self.patience, 1)
        if self.ema is not None:
            in_range("ema", self.ema, 0.0, 1.0)
            one_of("solver", self.solver, (None,))
        if "use_ema" in self.optimizer_options:
            raise ValueError(
                "`optimizer_options` must leave averaging to the phase: pass `ema=0.99`, or "
                f"another momentum. Received: optimizer_options={dict(self.optimizer_options)}"
            )

    def to_dict(self) -> dict[str, Any]:
        """Returns the phase as plain data, as recipes write it."""
        return {**asdict(self), "plan": self.plan.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Phase":
        """Returns the phase that `to_dict` gave.

        Raises:
            ValueError: On an unknown key, with the nearest known one.
        """
        known_keys("phase", data, [f.name for f in fields(cls)])
        return cls(**{**data, "plan": Plan.from_dict(data.get("plan", {}))})


@dataclass(frozen=True)
class PhaseResult:
    """What a phase did.

    Attributes:
        name: Name of the phase.
        table: What trained, stage by stage, as text.
        stages: Names of the stages that trained.
        history: One row an epoch: metrics by name, `epoch` counted over all phases.
        validation: Metrics of the weights that were kept, on the validation split.
    """

    name: str
    table: str
    stages: tuple[str, ...]
    history: tuple[Mapping[str, Any], ...]
    validation: Mapping[str, float]
