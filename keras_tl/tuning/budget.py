"""How long a trial trains, and where it begins, as an oracle asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

EPOCHS, INITIAL, PARENT = "tuner/epochs", "tuner/initial_epoch", "tuner/trial_id"


@dataclass(frozen=True)
class Budget:
    """What Hyperband and successive halving say beside the settings.

    Attributes:
        epochs: Epochs after the shared probe, those of the earlier trial included; 0 scores the
            probe itself.
        initial: How many of them an earlier trial has trained.
        parent: That trial; None if the probe is the beginning.
    """

    epochs: int
    initial: int = 0
    parent: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any], epochs: int) -> "Budget":
        """Returns what a trial's values ask for; `epochs` where they say nothing."""
        parent = parent_of(values)
        initial = int(values.get(INITIAL, 0)) if parent else 0
        return cls(int(values.get(EPOCHS, epochs)), initial, parent)


def parent_of(values: Mapping[str, Any]) -> str | None:
    """Returns the trial that a trial of these values goes on from, if there is one."""
    parent = values.get(PARENT)
    return str(parent) if parent else None
