"""Where a run stands, and a checkpoint of it that is whole or absent.

Flags, rates, stopping and the order of the pictures are not in a checkpoint: they follow from the
position in the recipe and the recorded history. What is in it are numbers that nothing else gives.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_tl.foundation.files import discard, replacing, write_json
from keras_tl.structure.graph import random_states

Arrays = list[np.ndarray]


@dataclass
class Progress:
    """Where a run stands.

    Attributes:
        histories: For each phase that has begun, a row for each epoch that has ended.
        validations: For each phase that has ended, the metrics of the weights kept.
        stopped: Whether a callback of the user ended the phase that is on.
        best: The weights of the best epoch of that phase; None if it has none.
        optimizer: The variables of its optimizer, as they were read from a checkpoint.
    """

    histories: list[list[dict[str, Any]]] = field(default_factory=list)
    validations: list[dict[str, float]] = field(default_factory=list)
    stopped: bool = False
    best: Arrays | None = None
    optimizer: Arrays | None = None

    def begin_phase(self) -> None:
        """Opens the record of the next phase."""
        self.histories.append([])
        self.stopped, self.best, self.optimizer = False, None, None


class Checkpoints:
    """The checkpoints of a run; only the last one is kept.

    Args:
        path: Their directory; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def save(
        self, progress: Progress, model: keras.Model, optimizer: keras.optimizers.Optimizer
    ) -> None:
        """Writes where the run stands, under a name that no checkpoint has; removes the others."""
        if self.path is None:
            return
        earlier = self._found()
        number = int(earlier[-1].name) + 1 if earlier else 0
        with replacing(self.path / f"{number:06d}") as temporary:
            temporary.mkdir()
            _write(temporary / "weights.npz", numbers(model.weights))
            _write(temporary / "random.npz", numbers(random_states(model)))
            _write(temporary / "best.npz", progress.best)
            _write(temporary / "optimizer.npz", numbers(optimizer.variables))
            names = ("histories", "validations", "stopped")
            write_json(temporary / "progress.json", {n: getattr(progress, n) for n in names})
        for old in earlier:
            discard(old)

    def restore(self, model: keras.Model) -> Progress:
        """Puts the weights and random states of the last checkpoint into `model`.

        Returns:
            Where the run stands; at its beginning if there is no checkpoint.
        """
        found = self._found()
        if not found:
            return Progress()
        last = found[-1]
        assign(model.weights, _read(last / "weights.npz") or [])
        assign(random_states(model), _read(last / "random.npz") or [])
        recorded = json.loads((last / "progress.json").read_text(encoding="utf-8"))
        best, optimizer = (_read(last / f"{name}.npz") for name in ("best", "optimizer"))
        return Progress(**recorded, best=best, optimizer=optimizer)

    def clear(self) -> None:
        """Removes all checkpoints, when the run has ended."""
        if self.path is not None:
            discard(self.path)

    def _found(self) -> list[Path]:
        if self.path is None or not self.path.is_dir():
            return []
        return sorted(path for path in self.path.iterdir() if path.name.isdigit())


def numbers(variables: Sequence[Any]) -> Arrays:
    """Returns copies of the values of variables."""
    return [np.array(keras.ops.convert_to_numpy(variable.value)) for variable in variables]


def assign(variables: Sequence[Any], values: Arrays) -> None:
    """Puts values into variables, in order."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _write(path: Path, arrays: Arrays | None) -> None:
    if arrays is not None:
        np.savez(path, *arrays)


def _read(path: Path) -> Arrays | None:
    if not path.is_file():
        return None
    with np.load(path) as packed:
        return [packed[f"arr_{i}"] for i in range(len(packed.files))]
