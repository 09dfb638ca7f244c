"""What trains under a plan, stage by stage, as a table."""

import keras

from keras_tl.foundation.tables import as_text, count, table
from keras_tl.structure.assignment import Assignment
from keras_tl.structure.kinds import batch_norms
from keras_tl.structure.plan import Plan


def summary(plan: Plan, model: keras.Model, learning_rate: float | None = None) -> str:
    """Returns a table of what trains under `plan`, stage by stage."""
    assignment = plan.assign(model)
    columns = ("stage", "trains", "trainable#", "parameters#", "learning rate#", "BatchNorm")
    rows = [_row(assignment, i, learning_rate) for i in range(len(assignment.chain))]
    return as_text(table(columns, rows))


def _row(assignment: Assignment, i: int, learning_rate: float | None) -> tuple[str, ...]:
    stage = assignment.chain[i]
    return (
        stage.name,
        assignment.trains(i),
        count(assignment.trained_parameters(i)),
        count(stage.parameters),
        _rates(assignment, i, learning_rate),
        _batch_norm_word(assignment, i),
    )


def _rates(assignment: Assignment, i: int, learning_rate: float | None) -> str:
    """Returns the rate of a stage, or its lowest and its highest; a dash if there is none."""
    if not learning_rate or assignment.is_frozen(i):
        return "-"
    factors = [factor for _, factor in assignment.multipliers(i)]
    ends = (f"{learning_rate * factor:.3g}" for factor in (min(factors), max(factors)))
    return " to ".join(dict.fromkeys(ends))


def _batch_norm_word(assignment: Assignment, i: int) -> str:
    if not any(batch_norms(layer) for layer in assignment.chain[i].layers):
        return "none"
    return "frozen" if assignment.is_frozen(i) else assignment.plan.batch_norm
