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

from keras_tl.foundation.files import digest, discard, replacing, write_json
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

    Of the weights they hold those that have moved since the run began: the others are in the
    model that the run begins with.

    Args:
        path: Their directory; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._start: list[str] = []

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
            _write(temporary / "weights.npz", self._moved(numbers(model.weights)))
            _write(temporary / "random.npz", _all(numbers(random_states(model))))
            _write(temporary / "optimizer.npz", _all(numbers(optimizer.variables)))
            if progress.best is not None:
                _write(temporary / "best.npz", self._moved(progress.best))
            names = ("histories", "validations", "stopped")
            write_json(temporary / "progress.json", {n: getattr(progress, n) for n in names})
        for old in earlier:
            discard(old)

    def restore(self, model: keras.Model) -> Progress:
        """Puts the weights and random states of the last checkpoint into `model`.

        Args:
            model: With the weights that the run began with.

        Returns:
            Where the run stands; at its beginning if there is no checkpoint.
        """
        start = numbers(model.weights)
        self._start = list(map(_digest, start))
        found = self._found()
        if not found:
            return Progress()
        last = found[-1]
        assign(model.weights, _merged(start, _read(last / "weights.npz")))
        assign(random_states(model), list(_read(last / "random.npz").values()))
        best = last / "best.npz"
        return Progress(
            **json.loads((last / "progress.json").read_text(encoding="utf-8")),
            best=_merged(start, _read(best)) if best.is_file() else None,
            optimizer=list(_read(last / "optimizer.npz").values()),
        )

    def _moved(self, arrays: Arrays) -> dict[int, np.ndarray]:
        """Returns those of the model's weights that are not what they were, by their number."""
        if len(self._start) != len(arrays):
            return _all(arrays)
        return {i: a for i, a in enumerate(arrays) if _digest(a) != self._start[i]}

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


def _all(arrays: Arrays) -> dict[int, np.ndarray]:
    return dict(enumerate(arrays))


def _merged(arrays: Arrays, others: dict[int, np.ndarray]) -> Arrays:
    """Returns `arrays` with some of them, by number, replaced."""
    return [others.get(number, array) for number, array in enumerate(arrays)]


def _digest(array: np.ndarray) -> str:
    return digest(array.tobytes())


def _write(path: Path, arrays: dict[int, np.ndarray]) -> None:
    np.savez(path, **{str(number): array for number, array in arrays.items()})  # type: ignore[arg-type]


def _read(path: Path) -> dict[int, np.ndarray]:
    with np.load(path) as packed:
        return {int(number): packed[number] for number in packed.files}
