"""How far an export may be from the model it was made from, by its format and precision."""

from dataclasses import dataclass

import keras

from keras_tl.serving.formats import Format
from keras_tl.serving.graphs.full_precision import computed_in

LARGEST_DROP = 0.02
INVARIANCE = 1e-4


@dataclass(frozen=True)
class Allowance:
    """How far an export may be off; one of the first two, the other is None.

    Attributes:
        tolerance: Largest difference of a probability from the model's; no label may differ by
            more.
        largest_drop: Of a quantised export, the drop of `require_small_drop`.
        to_itself: Largest difference of a probability from that of another call, or of the same
            picture in another batch.
    """

    tolerance: float | None = None
    largest_drop: float | None = None
    to_itself: float = INVARIANCE


def allowance_for(
    row: Format,
    model: keras.Model,
    precision: str = "float32",
    *,
    tolerance: float | None = None,
    largest_drop: float = LARGEST_DROP,
) -> Allowance:
    """Returns what a format allows.

    Args:
        row: The format.
        model: The classifier; one of mixed precision is further from its exports.
        precision: Of the export.
        tolerance: What is asked for instead, where the export is not quantised.
        largest_drop: What a quantised one may lose.
    """
    if precision not in row.tolerances:
        return Allowance(largest_drop=largest_drop)
    mixed = (row.mixed.get(name, 0.0) for name in computed_in(model))
    usual = max(row.tolerances[precision], *mixed)
    allowed = usual if tolerance is None else tolerance
    return Allowance(allowed, to_itself=allowed if row.keeps_precision else INVARIANCE)
