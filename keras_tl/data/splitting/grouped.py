"""Patients, bursts and the like stay whole."""

import numpy as np

from keras_tl.data.parts import PARTS
from keras_tl.data.splitting.dealing import deal
from keras_tl.data.splitting.population import Population, Shares


def grouped(population: Population, shares: Shares, seed: int) -> np.ndarray:
    """Assigns whole groups to parts, near to the share of each class in each part.

    How near depends on the groups: `shares_reached` reports it. Groups that share copies of a
    picture count as one. Three groups are enough for every part to have one.

    Args:
        population: The examples, with groups.
        shares: What to hold out.
        seed: Seed of the draw.

    Returns:
        `(examples,)` array of `"train"`, `"validation"` and `"test"`.

    Raises:
        ValueError: If there are no groups.
    """
    if population.groups is None:
        raise ValueError(
            "`split='grouped'` needs groups. Received: none. Pass `group=` with a pattern for the "
            "names of files, or name a column of the table, as in columns={'group': 'patient'}."
        )
    dealt = deal(population.labels, population.units, shares.of_parts, seed)
    return np.array(PARTS)[dealt]
