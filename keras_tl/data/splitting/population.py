"""What a splitter sees of the examples: labels, contents, and what must stay together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


class Shares(NamedTuple):
    """How much of the examples is held out, each from 0 to 1; training keeps the rest."""

    validation: float
    test: float

    @property
    def of_parts(self) -> tuple[float, float, float]:
        """The shares of all parts, in the order of `PARTS`."""
        return 1.0 - self.validation - self.test, self.validation, self.test


@dataclass(frozen=True, eq=False)
class Population:
    """Examples that are to be divided.

    Attributes:
        labels: `(examples,)` integers or `(examples, classes)` 0/1.
        digests: Digest of the content of each picture.
        together: `(examples,)` the same number for exact copies of one picture; by default those
            with equal digests.
        groups: `(examples,)` names of what must stay together, such as patients, if there are any.
    """

    labels: np.ndarray
    digests: Sequence[str]
    together: np.ndarray | None = None
    groups: np.ndarray | None = None

    @cached_property
    def units(self) -> np.ndarray:
        """`(examples,)` numbers from 0 on of the smallest sets that no splitter divides."""
        copies = np.asarray(self.digests if self.together is None else self.together)
        return joined(copies, copies if self.groups is None else self.groups)

    @property
    def strata(self) -> np.ndarray:
        """`(examples,)` the class by which each unit is spread: that of its first example.

        Examples with several labels are one stratum.
        """
        if self.labels.ndim == 2:
            return np.zeros(len(self.labels), dtype=int)
        _, first = np.unique(self.units, return_index=True)
        return self.labels[first][self.units]

    def take(self, rows: np.ndarray) -> "Population":
        """Returns the population of some of the examples; what belongs together still does."""
        groups = None if self.groups is None else self.groups[rows]
        digests = [self.digests[row] for row in rows]
        return Population(self.labels[rows], digests, self.units[rows], groups)


def joined(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Returns the finest division of examples that keeps the sets of two divisions whole.

    Args:
        first: `(examples,)` names of sets.
        second: Likewise; sets that share an example become one with it.

    Returns:
        `(examples,)` numbers from 0 on.
    """
    names, here = np.unique(first, return_inverse=True)
    more, there = np.unique(second, return_inverse=True)
    nodes = len(names) + len(more)
    edges = coo_matrix((np.ones(len(here)), (here, len(names) + there)), shape=(nodes, nodes))
    _, component = connected_components(edges, directed=False)
    return np.unique(component[here], return_inverse=True)[1]
