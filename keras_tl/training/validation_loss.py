"""What the recorded validation losses say: which epoch to keep, when to stop or slow down."""

from collections.abc import Mapping, Sequence
from typing import Any

MONITOR = "val_loss"
PLATEAU_FACTOR = 0.1
PLATEAU_PATIENCE = 2

History = Sequence[Mapping[str, Any]]


def best_epoch(history: History) -> int | None:
    """Returns the index of the lowest validation loss; None without one."""
    losses = [row[MONITOR] for row in history if MONITOR in row]
    finite = [i for i, loss in enumerate(losses) if loss == loss]
    return min(finite, key=lambda i: losses[i]) if finite else None


def should_stop(history: History, patience: int | None) -> bool:
    """Tells whether the last `patience` epochs brought no lower validation loss."""
    best = best_epoch(history)
    return patience is not None and best is not None and len(history) - 1 - best >= patience


def plateau_factor(history: History, patience: int = PLATEAU_PATIENCE) -> float:
    """Returns what the rate is multiplied by after an epoch-wise history.

    A tenth each time `patience` epochs in a row brought no lower validation loss, counted anew
    after each reduction.
    """
    factor, lowest, waited = 1.0, float("inf"), 0
    for loss in (row[MONITOR] for row in history if MONITOR in row):
        improved = loss < lowest
        lowest = min(lowest, loss)
        waited = 0 if improved else waited + 1
        if waited >= patience:
            factor, waited = factor * PLATEAU_FACTOR, 0
    return factor
