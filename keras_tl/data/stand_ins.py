"""Pictures that are lost while they are trained on: others of the batch stand in for them."""

import warnings

import numpy as np

from keras_tl.data.pictures import Pictures
from keras_tl.foundation.file_names import printable


def stand_ins(pictures: Pictures, numbers: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Returns for each place of a batch the place of a picture that can be read.

    That is its own, or else the next one in the batch with the same labels, or else the next one
    at all. A warning names those that are replaced; a run goes on without them.

    Args:
        pictures: All pictures.
        numbers: `(batch,)` those of the batch.
        labels: `(batch,)` or `(batch, classes)`.

    Raises:
        OSError: If none of the batch can be read.
    """
    reasons = {
        place: why for place, number in enumerate(numbers) if (why := _why(pictures, number))
    }
    readable = [place for place in range(len(numbers)) if place not in reasons]
    if not reasons:
        return np.arange(len(numbers))
    if not readable:
        raise OSError(f"No picture of a batch can be read any more. First: {reasons[0]}")
    warnings.warn(
        f"{len(reasons)} of {len(numbers)} pictures of a batch cannot be read any more, and others "
        f"stand in for them. First: {next(iter(reasons.values()))}",
        stacklevel=3,
    )
    chosen = np.arange(len(numbers))
    for place in reasons:
        alike = [other for other in readable if np.array_equal(labels[other], labels[place])]
        chosen[place] = min(alike or readable, key=lambda other: (other - place) % len(numbers))
    return chosen


def _why(pictures: Pictures, number: int) -> str:
    """Says why a picture cannot be read; empty if it can."""
    try:
        pictures.read([number])
    except OSError as error:
        return f"{printable(pictures.names([number])[0])}: {error.strerror or error}"
    return ""
