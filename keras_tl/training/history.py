"""The history of a run as a table: a row an epoch, with what each stage trained at."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keras_tl.foundation.files import write_csv

if TYPE_CHECKING:
    import keras

    from keras_tl.training.phases import Phase, PhaseResult

RATE = "rate "
CURVES = {"loss": ("loss",), "accuracy": ("accuracy", "binary_accuracy")}
"""What Keras calls loss and accuracy in a history, with one label an image or with several."""


def stage_rates(phase: "Phase", model: "keras.Model", learning_rate: float) -> dict[str, float]:
    """Returns the highest rate in each stage when the base rate is `learning_rate`; 0 if frozen."""
    assignment = phase.plan.assign(model)
    return {
        f"{RATE}{name}": learning_rate * max((f for _, f in assignment.multipliers(i)), default=0.0)
        for i, name in enumerate(assignment.chain.names)
    }


def write_history_csv(
    path: str | os.PathLike[str],
    phases: "Sequence[Phase]",
    results: "Sequence[PhaseResult]",
    model: "keras.Model",
) -> None:
    """Writes a row an epoch: phase, epoch, metrics, and the rate of each stage."""
    rows = [
        {**row, **stage_rates(phase, model, row.get("learning_rate", 0.0))}
        for phase, result in zip(phases, results, strict=True)
        for row in result.history
    ]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    write_csv(path, columns, rows)
