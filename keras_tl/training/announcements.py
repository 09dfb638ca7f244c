"""What a run says of itself on the terminal: lines and tables, as text."""

from collections.abc import Sequence

import keras

from keras_tl.structure.summary import summary
from keras_tl.training.phases import Phase
from keras_tl.training.state import Progress


def title(phases: Sequence[Phase], number: int) -> str:
    """Returns the title of a phase, such as `Phase 2/3: fine-tuning`."""
    return f"Phase {number + 1}/{len(phases)}: {phases[number].name}"


def table(phase: Phase, model: keras.Model) -> str:
    """Returns what trains in a phase, stage by stage, and at which rates."""
    return summary(phase.plan, model, phase.learning_rate)


def going_on(
    progress: Progress, phases: Sequence[Phase], callbacks: Sequence[keras.callbacks.Callback]
) -> str:
    """Says where an interrupted run goes on, and that callbacks of the user begin anew."""
    number, rows = len(progress.histories), len(progress.histories[-1])
    begun = f"Going on in phase {number}/{len(phases)} after epoch {rows}."
    named = ", ".join(type(callback).__name__ for callback in callbacks)
    return begun + (f" Callbacks that begin anew: {named}." if named else "")
