"""Cross-validation: every example is held out once."""

import warnings

import numpy as np

from keras_tl.data.splitting.dealing import deal
from keras_tl.data.splitting.population import Population
from keras_tl.foundation.checks import at_least


def folds(population: Population, k: int, seed: int) -> np.ndarray:
    """Assigns each example to one of `k` folds with near to the same share of each class.

    Without groups, the numbers of different pictures of a class differ by at most one between
    folds (scikit-learn's `StratifiedKFold`). With groups, whole groups are dealt. Copies of a
    picture are always in one fold. Examples with several labels are spread as one class, unless
    they have groups.

    Args:
        population: The examples.
        k: Number of folds.
        seed: Seed of the draw.

    Returns:
        `(examples,)` numbers from 0 to `k - 1`; no fold is empty.

    Raises:
        ValueError: If `k` is not at least 2, or there are fewer groups than folds, or without
            groups fewer different pictures of any class.
    """
    at_least("k", k, 2)
    units = population.units
    if population.groups is not None:
        _require(k, units.max() + 1, "groups")
        return deal(population.labels, units, (1.0 / k,) * k, seed)
    first = np.sort(np.unique(units, return_index=True)[1])
    classes = population.strata[first]
    _require(k, np.unique(classes, return_counts=True)[1].max(), "pictures of the largest class")
    fold_of_unit = np.empty(len(first), dtype=int)
    fold_of_unit[units[first]] = _stratified_folds(classes, k, seed)
    return fold_of_unit[units]


def _stratified_folds(classes: np.ndarray, k: int, seed: int) -> np.ndarray:
    from sklearn.model_selection import StratifiedKFold

    found = np.empty(len(classes), dtype=int)
    divider = StratifiedKFold(k, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class")
        for fold, (_, held_out) in enumerate(divider.split(classes, classes)):
            found[held_out] = fold
    return found


def _require(k: int, available: int, what: str) -> None:
    if available < k:
        raise ValueError(f"`k` must be at most the number of {what}, {available}. Received: k={k}")
