"""A few examples of each class."""

import numpy as np

from keras_tl.data.labels import rarest_class


def subsample(labels: np.ndarray, per_class: int, seed: int) -> np.ndarray:
    """Returns the rows of at most `per_class` examples of each class, drawn with a seed.

    Examples with several labels are drawn as if each stood in its rarest class.
    """
    generator = np.random.default_rng(seed)
    groups = rarest_class(labels)
    chosen = [
        generator.permutation(np.flatnonzero(groups == group))[:per_class]
        for group in np.unique(groups)
    ]
    return np.sort(np.concatenate(chosen))
