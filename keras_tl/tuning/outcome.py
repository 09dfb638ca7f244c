"""What a trial leaves in its directory: its model and what is known of it, or its error."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from keras_tl.evaluation.metrics import Evaluation
from keras_tl.foundation.files import write_json, write_text

FILE_NAME, ERROR = "outcome.json", "error.txt"


@dataclass(frozen=True)
class Outcome:
    """What came of a trial.

    Attributes:
        metrics: Validation metrics of the model in the file, by name, as in `val_accuracy`.
        model: The file, relative to the directory of the trial.
        epochs: Epochs that were trained after the probe, those of an earlier trial included.
        seconds: What the trial took.
        notes: What happened on the way.
    """

    metrics: Mapping[str, float]
    model: str
    epochs: int = 0
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    def write(self, directory: Path) -> None:
        """Writes the outcome into the directory of its trial."""
        write_json(directory / FILE_NAME, asdict(self))

    @classmethod
    def read(cls, directory: Path) -> "Outcome | None":
        """Reads the outcome of a trial; None if it has none."""
        path = directory / FILE_NAME
        if not path.is_file():
            return None
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**found, "notes": tuple(found["notes"])})


def write_error(directory: Path, error: BaseException) -> None:
    """Writes what ended a trial, which KerasTuner's workers do not tell their chief."""
    said = str(error).strip().splitlines()
    write_text(directory / ERROR, ": ".join([type(error).__name__, *said[:1]]))


def read_error(directory: Path) -> str:
    """Reads what ended a trial; empty if nothing did."""
    path = directory / ERROR
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def metrics_of(evaluation: Evaluation) -> dict[str, float]:
    """Returns what a search may go by, under the names that Keras gives validation metrics."""
    return {
        "val_accuracy": evaluation.accuracy,
        "val_macro_f1": evaluation.macro_f1,
        "val_loss": evaluation.log_loss,
    }


OBJECTIVES = {"val_accuracy": "max", "val_macro_f1": "max", "val_loss": "min"}
"""What a search may go by, and which way is better."""


def direction_of(objective: str) -> str:
    """Returns which way an objective is better; of unknown ones, what is a loss should fall."""
    falls = "loss" in objective or "error" in objective
    return OBJECTIVES.get(objective, "min" if falls else "max")
