"""Each picture goes where its own content sends it."""

import numpy as np

from keras_tl.data.parts import PARTS
from keras_tl.data.splitting.population import Population, Shares
from keras_tl.foundation.files import digest

_DIGITS = 13


def hashed(population: Population, shares: Shares, seed: int) -> np.ndarray:
    """Assigns each example by the digest of its content, or of the name of its group.

    An example keeps its part when others come or go, when files are renamed or moved, and when its
    label changes. A larger share takes examples from training alone. The number of examples in a
    part is binomial, so that a small class may be missing in one.

    Args:
        population: The examples; a set of copies, or of groups that share a copy, goes where the
            first of its digests, or names, in alphabetical order sends it.
        shares: What to hold out.
        seed: Another seed gives another, independent division.

    Returns:
        `(examples,)` array of `"train"`, `"validation"` and `"test"`.
    """
    keys = np.asarray(population.digests if population.groups is None else population.groups)
    order = np.argsort(keys, kind="stable")
    _, first = np.unique(population.units[order], return_index=True)
    places = np.array([_place(str(key), seed) for key in keys[order][first]])[population.units]
    chosen = [places < shares.test, places >= 1.0 - shares.validation]
    return np.select(chosen, [PARTS[2], PARTS[1]], PARTS[0])


def _place(key: str, seed: int) -> float:
    """Returns a number from 0 to below 1, uniform over keys."""
    return int(digest(str(seed), key)[:_DIGITS], 16) / 16**_DIGITS
