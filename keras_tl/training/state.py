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
from keras_tl.training.variables import Values, ValuesAt, assign, assign_at, values, values_at


@dataclass
class Progress:
    """Where a run stands.

    Attributes:
        histories: For each phase that has begun, a row for each epoch that has ended.
        validations: For each phase that has ended, the metrics of the weights kept.
        stopped: Whether a callback of the user ended the phase that is on.
        best: The moved weights of the best epoch of that phase, by their position in the model;
            None if it has none.
        optimizer: The variables of its optimizer, as they were read from a checkpoint.
    """

    histories: list[list[dict[str, Any]]] = field(default_factory=list)
    validations: list[dict[str, float]] = field(default_factory=list)
    stopped: bool = False
    best: ValuesAt | None = None
    optimizer: Values | None = None

    def epochs_before(self, number: int) -> int:
        """Returns how many epochs had ended when a phase began."""
        return sum(map(len, self.histories[:number]))

    def begin_phase(self) -> None:
        """Opens the record of the next phase."""
        self.histories.append([])
        self.stopped, self.best, self.optimizer = False, None, None


class Checkpoints:
    """The checkpoints of a run; only the last one is kept.

    Of the weights they hold those that phases have moved: the others are in the model that the
    run begins with.

    Args:
        path: Their directory; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def save(
        self,
        progress: Progress,
        model: keras.Model,
        moved: Sequence[int],
        optimizer: keras.optimizers.Optimizer,
    ) -> None:
        """Writes where the run stands, under a name that no checkpoint has; removes the others.

        Args:
            progress: Where it stands.
            model: The model.
            moved: Positions in `model.weights` of those that may have moved since the run began.
            optimizer: The optimizer of the phase that is on.
        """
        if self.path is None:
            return
        earlier = self._found()
        number = int(earlier[-1].name) + 1 if earlier else 0
        with replacing(self.path / f"{number:06d}") as temporary:
            temporary.mkdir()
            _write(temporary / "weights.npz", values_at(model.weights, moved))
            _write(temporary / "random.npz", _by_position(values(random_states(model))))
            _write(temporary / "optimizer.npz", _by_position(values(optimizer.variables)))
            if progress.best is not None:
                _write(temporary / "best.npz", progress.best)
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
        found = self._found()
        if not found:
            return Progress()
        last = found[-1]
        assign_at(model.weights, _read(last / "weights.npz"))
        assign(random_states(model), list(_read(last / "random.npz").values()))
        best = last / "best.npz"
        return Progress(
            **json.loads((last / "progress.json").read_text(encoding="utf-8")),
            best=_read(best) if best.is_file() else None,
            optimizer=list(_read(last / "optimizer.npz").values()),
        )

    def _found(self) -> list[Path]:
        if self.path is None or not self.path.is_dir():
            return []
        return sorted(path for path in self.path.iterdir() if path.name.isdigit())


def _by_position(found: Values) -> ValuesAt:
    return dict(enumerate(found))


def _write(path: Path, found: ValuesAt) -> None:
    np.savez(path, **{str(position): value for position, value in found.items()})  # type: ignore[arg-type]


def _read(path: Path) -> ValuesAt:
    with np.load(path) as packed:
        return {int(position): packed[position] for position in packed.files}
