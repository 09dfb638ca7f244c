"""A phase: what trains, how fast and how long. Plain data, and the fit that it means."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import keras

from keras_tl.data.dataset import Data, Split
from keras_tl.foundation.checks import at_least, in_range, known_keys, one_of
from keras_tl.structure.freezing import apply
from keras_tl.structure.plan import Plan

OPTIMIZERS = ("adam", "adamw", "lion", "rmsprop", "sgd")
SCHEDULES = ("constant", "cosine")


@dataclass(frozen=True)
class Phase:
    """A period of training under one plan.

    Attributes:
        name: What it is called in tables and logs.
        plan: What trains.
        epochs: How many epochs at most.
        learning_rate: The rate it begins with.
        optimizer: Name of a Keras optimizer, made anew for the phase.
        schedule: `"constant"`, or `"cosine"` down to zero over the phase.
        patience: Epochs without a lower validation loss after which the phase ends; None never.
        restore_best: Whether the phase ends with the weights of its lowest validation loss.
    """

    name: str
    plan: Plan = field(default_factory=Plan)
    epochs: int = 5
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    schedule: str = "constant"
    patience: int | None = None
    restore_best: bool = True

    def __post_init__(self) -> None:
        at_least("epochs", self.epochs, 1)
        in_range("learning_rate", self.learning_rate, 0.0, 100.0)
        one_of("optimizer", self.optimizer, OPTIMIZERS)
        one_of("schedule", self.schedule, SCHEDULES)
        if self.patience is not None:
            at_least("patience", self.patience, 1)

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

    def make_optimizer(self, batches: int) -> keras.optimizers.Optimizer:
        """Returns a new optimizer for epochs of `batches` batches."""
        rate: Any = self.learning_rate
        if self.schedule == "cosine":
            rate = keras.optimizers.schedules.CosineDecay(self.learning_rate, self.epochs * batches)
        config = {"class_name": self.optimizer, "config": {"learning_rate": rate}}
        return keras.optimizers.get(config)


@dataclass(frozen=True)
class PhaseResult:
    """What a phase did.

    Attributes:
        name: Name of the phase.
        table: What trained, stage by stage.
        history: One row an epoch: metrics by name, `epoch` counted over all phases.
        validation: Metrics of the weights that were kept, on the validation split.
    """

    name: str
    table: str
    history: tuple[Mapping[str, Any], ...]
    validation: Mapping[str, float]


def run_phase(
    phase: Phase,
    model: keras.Model,
    data: Data,
    *,
    loss: Any,
    metrics: Sequence[Any],
    callbacks: Sequence[keras.callbacks.Callback],
    first_epoch: int,
    table: str,
) -> PhaseResult:
    """Trains `model` in place for one phase.

    The model that is fitted is compiled anew over the layers of `model`, frozen as the plan says,
    so that no earlier compilation can be stale.
    """
    fitted = apply(phase.plan, model)
    fitted.compile(phase.make_optimizer(len(data.train)), loss, metrics=list(metrics))
    validation = data.validation if data.validation.size else None
    history = fitted.fit(
        data.train,
        validation_data=validation,
        epochs=phase.epochs,
        shuffle=False,
        verbose=0,
        callbacks=[
            EpochOrder(data.train, first_epoch),
            *_stopping(phase, validation is not None),
            *callbacks,
        ],
    )
    kept = fitted.evaluate(validation, verbose=0, return_dict=True) if validation else {}
    return PhaseResult(phase.name, table, _rows(phase, history, first_epoch), kept)


class EpochOrder(keras.callbacks.Callback):
    """Gives each epoch the order that its number means.

    Keras tells a data set that an epoch is over, but also once before the first; so the number
    is set here, and the order is that of the epoch whatever was read before.

    Args:
        split: The training split.
        first_epoch: Epochs that earlier phases have trained.
    """

    def __init__(self, split: Split, first_epoch: int) -> None:
        super().__init__()
        self.split = split
        self.first_epoch = first_epoch

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Sets the number of the epoch."""
        self.split.epoch = self.first_epoch + epoch


def _stopping(phase: Phase, has_validation: bool) -> list[keras.callbacks.Callback]:
    if not has_validation or not (phase.restore_best or phase.patience):
        return []
    return [
        keras.callbacks.EarlyStopping(
            monitor="val_loss",
            patience=phase.patience or phase.epochs,
            restore_best_weights=phase.restore_best,
        )
    ]


def _rows(
    phase: Phase, history: keras.callbacks.History, first_epoch: int
) -> tuple[dict[str, Any], ...]:
    columns = {name: [float(v) for v in values] for name, values in history.history.items()}
    return tuple(
        {
            "phase": phase.name,
            "epoch": first_epoch + i,
            **{name: values[i] for name, values in columns.items()},
        }
        for i in range(len(history.epoch))
    )
