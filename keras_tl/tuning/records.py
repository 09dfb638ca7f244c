"""What is known of the trials of a search: plain data, for tables, pictures and files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMPLETED, FAILED, RUNNING = "completed", "failed", "running"


@dataclass(frozen=True)
class TrialRecord:
    """What a trial tried and what came of it.

    Attributes:
        number: Its name, as KerasTuner gave it, such as `"07"`.
        status: `"completed"`, `"failed"` or `"running"`.
        settings: The values of what is searched, by name; only those that act in this trial.
        score: The objective, on validation, of the model in the file; None if it has none.
        metrics: Validation metrics of that model, by name.
        epochs: Epochs that were trained after the shared probe.
        seconds: What the trial took.
        notes: What happened on the way, such as a halved batch.
        error: What ended a failed trial, in a line; else empty.
        model: The file of the model; None if it was not among the best.
        parent: The trial whose model this one began with; None if it was the shared probe.
    """

    number: str
    status: str
    settings: Mapping[str, Any]
    score: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    epochs: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()
    error: str = ""
    model: Path | None = None
    parent: str | None = None


@dataclass(frozen=True)
class DepthPoint:
    """What one freeze depth gives, all else at the best settings.

    Attributes:
        stages: Trainable stages, counted from the head; 0 trains the head alone.
        first: Name of the first stage that trains.
        parameters: How many parameters train.
        scores: The objective on validation, one a seed.
        seconds: What training took, one a seed.
    """

    stages: int
    first: str
    parameters: int
    scores: tuple[float, ...]
    seconds: tuple[float, ...]
