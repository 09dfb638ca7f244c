"""Every part gets its share of every class."""

from collections.abc import Sequence

import numpy as np

from keras_tl.data.parts import PARTS
from keras_tl.data.splitting.population import Population, Shares

SMALLEST_CLASS = 3


def stratified(population: Population, shares: Shares, seed: int) -> np.ndarray:
    """Assigns each example to a part so that every class has its share in each.

    The share is met within one example; where pictures have copies, as nearly as whole sets of
    copies allow, the smallest sets being held out first. A class of at least three different
    pictures has one in every part that is asked for; a smaller one is kept whole in training.
    Examples with several labels are divided as one class.

    Args:
        population: The examples.
        shares: What to hold out.
        seed: Seed of the draw.

    Returns:
        `(examples,)` array of `"train"`, `"validation"` and `"test"`.

    Raises:
        ValueError: If there are groups, which cannot be spread by class.
    """
    if population.groups is not None:
        raise ValueError(
            "`split` must be 'grouped' or 'hashed' where examples have groups, so that these stay "
            "together. Received: split='stratified'. A column called group is passed over with "
            "columns={'group': None}."
        )
    generator = np.random.default_rng(seed)
    parts = np.full(len(population.labels), PARTS[0], dtype=f"<U{max(map(len, PARTS))}")
    strata = population.strata
    for stratum in np.unique(strata):
        members = generator.permutation(np.flatnonzero(strata == stratum))
        ranks, sizes = _smallest_first(population.units[members])
        counts = _held_out(sizes, shares)
        parts[members[ranks < sum(counts)]] = "test"
        parts[members[ranks < counts[0]]] = "validation"
    return parts


def _smallest_first(units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ranks units by size, those of one size in the order in which they appear.

    Returns:
        The rank of the unit of each example, and the sizes in the order of the ranks.
    """
    _, first, number, sizes = np.unique(
        units, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.lexsort((first, sizes))
    ranks = np.empty_like(order)
    ranks[order] = np.arange(len(order))
    return ranks[number], sizes[order]


def _held_out(sizes: np.ndarray, shares: Sequence[float]) -> list[int]:
    """Returns how many units each share takes: near to it, one at least, and not all of them."""
    if len(sizes) < SMALLEST_CLASS:
        return [0 for _ in shares]
    counts: list[int] = []
    for number, target in enumerate(_targets(int(sizes.sum()), shares)):
        reserved = 1 + sum(share > 0 for share in shares[number + 1 :])
        totals = np.cumsum(sizes[sum(counts) : len(sizes) - reserved])
        counts.append(1 + int(np.argmin(np.abs(totals - target))) if target else 0)
    return counts


def _targets(examples: int, shares: Sequence[float]) -> list[int]:
    """Returns how many of `examples` each share is: near to exact, one at least, not all."""
    counts = [max(1, round(examples * share)) if share else 0 for share in shares]
    while sum(counts) >= examples:
        counts[int(np.argmax(counts))] -= 1
    return counts
