"""The splitters by name, and the parts that a source brings along."""

from collections.abc import Callable

import numpy as np

from keras_tl.data.parts import PARTS
from keras_tl.data.splitting.grouped import grouped
from keras_tl.data.splitting.hashed import hashed
from keras_tl.data.splitting.population import Population, Shares
from keras_tl.data.splitting.stratified import stratified
from keras_tl.foundation.checks import one_of

Splitter = Callable[[Population, Shares, int], np.ndarray]

SPLITS: dict[str, Splitter] = {"stratified": stratified, "hashed": hashed, "grouped": grouped}


def divide(
    population: Population,
    shares: Shares,
    seed: int,
    *,
    split: str = "stratified",
    parts: np.ndarray | None = None,
) -> np.ndarray:
    """Assigns each example to training, validation or test.

    Args:
        population: The examples.
        shares: What to hold out.
        seed: Seed of the division.
        split: `"stratified"`, `"hashed"` or `"grouped"`.
        parts: `(examples,)` the parts that the source gives, which stay; those it lacks are drawn
            from its training examples.

    Returns:
        `(examples,)` array of `"train"`, `"validation"` and `"test"`; copies of a picture, and
        groups, are only ever divided by `parts`.

    Raises:
        ValueError: If `split` is none of these, or as the splitter says.
    """
    splitter = SPLITS[one_of("split", split, SPLITS)]
    if parts is None:
        return splitter(population, shares, seed)
    divided = parts.astype(f"<U{max(map(len, PARTS))}")
    missing = Shares(*(0.0 if part in parts else getattr(shares, part) for part in PARTS[1:]))
    rows = np.flatnonzero(parts == "train")
    if any(missing):
        divided[rows] = splitter(population.take(rows), missing, seed)
    return divided
