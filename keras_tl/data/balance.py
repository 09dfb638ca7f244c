"""What is done about rare classes, and the weights that follow from counts."""

import numpy as np

BALANCES = ("weights", "effective-number", "logit-adjustment", "focal", "oversample")
EFFECTIVE_BETA = 0.999


def inverse_frequency(counts: np.ndarray) -> np.ndarray:
    r"""Returns the weight `n / (K n_c)` of each class, scikit-learn's "balanced".

    Weighted by them, every class that has images counts alike.

    Args:
        counts: `(classes,)` images of each class; a class without any has the weight 0.
    """
    weights = np.zeros(len(counts))
    seen = counts > 0
    weights[seen] = counts.sum() / (seen.sum() * counts[seen])
    return weights


def effective_number(counts: np.ndarray, beta: float = EFFECTIVE_BETA) -> np.ndarray:
    r"""Returns the weight `(1 - \beta) / (1 - \beta^{n_c})` of each class, scaled to a mean of 1.

    Images of one class resemble each other, so that the more there are, the less each adds: with
    `\beta` of 0 all classes weigh the same, towards 1 as `inverse_frequency`. Source: Cui et al.,
    2019, arXiv:1901.05555, who take 0.9 to 0.9999.

    Args:
        counts: `(classes,)` images of each class; a class without any has the weight 0.
        beta: `\beta`, from 0 to below 1.
    """
    weights = np.zeros(len(counts))
    seen = counts > 0
    weights[seen] = (1 - beta) / (1 - beta ** counts[seen])
    return weights * seen.sum() / weights.sum()


def priors(counts: np.ndarray, images: int) -> np.ndarray:
    """Returns the share of the images that each class has, `(classes,)`; one image at least."""
    return np.maximum(counts, 1) / images
