"""What a fit needs so that an epoch follows from its number and the recorded history alone."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import keras

from keras_tl.data.split import Split
from keras_tl.training.phases import Phase
from keras_tl.training.validation_loss import plateau_factor, should_stop


class DivergedError(RuntimeError):
    """Training has come to a loss that is not a number."""


class EpochOrder(keras.callbacks.Callback):
    """Gives each epoch the order that its number means.

    Keras tells a data set that an epoch is over, but also once before the first; so the number
    is set here, and the order is that of the epoch whatever was read before.

    Args:
        split: The training split.
    """

    def __init__(self, split: Split) -> None:
        super().__init__()
        self.split = split

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Sets the number of the epoch, counted over all phases."""
        self.split.epoch = epoch


class FollowHistory(keras.callbacks.Callback):
    """Records each epoch, and does what the record says: lower the rate, stop.

    Args:
        phase: The phase that is trained.
        history: Its rows so far; a row is added for each epoch.
        after_epoch: Called when an epoch is recorded; True if it was the user who stopped.
    """

    def __init__(
        self,
        phase: Phase,
        history: list[dict[str, Any]],
        after_epoch: Callable[[bool], None],
    ) -> None:
        super().__init__()
        self.phase = phase
        self.history = history
        self.after_epoch = after_epoch

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Sets the rate that the history asks for, if the schedule is one that waits."""
        if self.phase.schedule == "plateau":
            rate = self.phase.learning_rate * plateau_factor(self.history)
            self.model.optimizer.learning_rate = rate

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Adds a row and stops the phase if the history says so."""
        found = {name: float(value) for name, value in (logs or {}).items()}
        self._require_finite(found, epoch)
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        row = {"phase": self.phase.name, "epoch": epoch, "learning_rate": rate, **found}
        self.history.append(row)
        self.after_epoch(bool(self.model.stop_training))
        if should_stop(self.history, self.phase.patience):
            self.model.stop_training = True

    def _require_finite(self, found: Mapping[str, float], epoch: int) -> None:
        losses = {name: found[name] for name in ("loss", "val_loss") if name in found}
        if not all(map(math.isfinite, losses.values())):
            raise DivergedError(
                f"Training diverged in epoch {epoch} of phase {self.phase.name!r}: {losses} at "
                f"learning_rate={self.phase.learning_rate:g}. Begin anew with a lower one; "
                "`find_learning_rate` shows where it breaks."
            )
