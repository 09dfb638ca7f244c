"""The epochs of a run as its directory tells them, with the rate of each stage."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keras_tl.training.history import RATE
from keras_tl.training.run_directory import RunDirectory


@dataclass(frozen=True)
class PhaseCurve:
    """The epochs of a phase.

    Attributes:
        name: Name of the phase.
        epochs: Their numbers, from 1.
        metrics: Loss and accuracy, and those on the validation split, `val_loss` and
            `val_accuracy`, where they were measured: one number an epoch.
        rates: The highest rate in each stage, 0 where it was frozen; empty if it is not known.
    """

    name: str
    epochs: tuple[int, ...]
    metrics: Mapping[str, tuple[float, ...]]
    rates: Mapping[str, tuple[float, ...]]


def phases_of(run: RunDirectory) -> Sequence[Mapping[str, Any]]:
    """Returns the phases of a run: name, stages, table, history and validation metrics."""
    return run.read_history()["phases"]


def stage_rates_of(run: RunDirectory) -> list[dict[str, float]]:
    """Returns for each epoch the highest rate in each stage, 0 if frozen; empty if unknown."""
    path = run.epochs_csv_path
    if not path.is_file():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        return [_rates(row) for row in csv.DictReader(file)]


def _rates(row: Mapping[str, str]) -> dict[str, float]:
    return {
        name.removeprefix(RATE): float(rate or 0.0)
        for name, rate in row.items()
        if name.startswith(RATE)
    }
