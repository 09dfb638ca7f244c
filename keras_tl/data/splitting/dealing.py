"""Dealing sets of examples to parts so that each part gets its share of every class."""

import numpy as np
from scipy.sparse import csr_matrix, hstack


def deal(labels: np.ndarray, units: np.ndarray, shares: tuple[float, ...], seed: int) -> np.ndarray:
    r"""Deals units, the large ones first, each to the part that it fits best.

    With `T_{pc}` the share of the examples of class `c` that part `p` is to have and `n_{pc}` what
    it has, a unit goes where `\sum_{pc} (n_{pc} - T_{pc})^2 / T_{pc}` (Pearson's chi-square) grows
    least. The number of examples counts as one class more. Units whose sizes lie between the same
    powers of two are dealt in a drawn order.

    scikit-learn's `StratifiedGroupKFold` does the like for equal shares, but may leave a fold
    empty.

    Args:
        labels: `(examples,)` integers or `(examples, classes)` 0/1.
        units: `(examples,)` numbers from 0 on.
        shares: The share of each part; they sum to 1.
        seed: Seed of the draw.

    Returns:
        `(examples,)` the number of the part; if there are as many units as parts with a share, none
        of these parts is empty.
    """
    contents = _contents(labels, units)
    totals = np.asarray(contents.sum(axis=0)).ravel()
    asked = np.flatnonzero(shares)
    targets = np.outer(np.asarray(shares)[asked], totals)
    filled = np.zeros_like(targets)
    dealt = np.zeros(contents.shape[0], dtype=int)
    order = _order(contents, seed)
    for left, unit in zip(range(len(order), 0, -1), order, strict=True):
        row = slice(contents.indptr[unit], contents.indptr[unit + 1])
        classes, amounts = contents.indices[row], contents.data[row]
        growth = (2 * filled[:, classes] + amounts) * amounts / targets[:, classes]
        is_empty = filled[:, -1] == 0
        must_fill = left <= is_empty.sum()
        part = np.argmin(np.where(must_fill & ~is_empty, np.inf, growth.sum(axis=1)))
        filled[part, classes] += amounts
        dealt[unit] = asked[part]
    return dealt[units]


def _contents(labels: np.ndarray, units: np.ndarray) -> csr_matrix:
    """Returns `(units, classes + 1)`: the examples of each class, and all examples, in each."""
    examples = np.arange(len(units))
    ones = np.ones(len(units))
    if labels.ndim == 1:
        _, numbers = np.unique(labels, return_inverse=True)
        classes = csr_matrix((ones, (examples, numbers)))
    else:
        classes = csr_matrix(labels, dtype=float)
    members = csr_matrix((ones, (units, examples)))
    return csr_matrix(members @ hstack([classes, csr_matrix(ones[:, None])]))


def _order(contents: csr_matrix, seed: int) -> np.ndarray:
    """Returns the units, those of the largest power of two first, in a drawn order within it."""
    sizes = contents[:, -1].toarray().ravel()
    drawn = np.random.default_rng(seed).permutation(len(sizes))
    return np.lexsort((drawn, -np.floor(np.log2(sizes))))
