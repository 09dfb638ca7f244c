"""Two quick classifiers on frozen features: what their accuracy says of the features."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from keras_tl.evaluation.ranking.transferability import check_features
from keras_tl.foundation.checks import at_least, in_range
from keras_tl.training.solvers import logistic_probe

NEIGHBOURS = 5
TEMPERATURE = 0.07


def knn_agreement(
    features: np.ndarray,
    labels: np.ndarray,
    *,
    neighbours: int = NEIGHBOURS,
    temperature: float = TEMPERATURE,
) -> float:
    r"""Returns how far the nearest of the other images agree with an image's label (leave-one-out).

    Each of the `k` nearest in cosine similarity `s` votes with weight `\exp(s / \tau)`; the score
    is the mean share of the votes that go to the right label. Unlike an accuracy it has no ties
    with few images; for `k = 1` it is the accuracy of the nearest neighbour. The length of a
    feature vector does not matter. An only image of its class gets no vote.

    Source: the weights and `\tau = 0.07` are those of Wu et al., 2018, arXiv:1805.01978.

    Args:
        features: `(images, features)`.
        labels: `(images,)` integers.
        neighbours: `k`; fewer if there are fewer other images.
        temperature: `\tau`; the smaller it is, the more the nearest one decides.

    Returns:
        A share, from 0 to 1.

    Raises:
        ValueError: If features are not finite, labels are not one integer an image or hold a
            single class, or an argument is out of range.
    """
    at_least("neighbours", neighbours, 1)
    in_range("temperature", temperature, 1e-2, 1e6)
    features, labels = check_features(features, labels)
    search = NearestNeighbors(n_neighbors=min(neighbours, len(labels) - 1), metric="cosine")
    distances, nearest = search.fit(features).kneighbors()
    agrees = labels[nearest] == labels[:, None]
    return float(np.average(agrees, axis=1, weights=np.exp(-distances / temperature)).mean())


def probe_accuracy(
    features: np.ndarray,
    labels: np.ndarray,
    other_features: np.ndarray,
    other_labels: np.ndarray,
) -> float:
    """Returns the accuracy of a logistic regression (C=0.1) on standardised features.

    Source: Kornblith et al., 2019, arXiv:1805.08974.

    Args:
        features: `(images, features)` that it learns from, standardisation included.
        labels: `(images,)` integers.
        other_features: Those of the images that it is scored on.
        other_labels: Their labels; one of a class that it has not seen counts as wrong.

    Raises:
        ValueError: If features are not finite, labels are not one integer an image or hold a
            single class.
    """
    features, labels = check_features(features, labels)
    probe = logistic_probe().fit(features, labels)
    return float(np.mean(probe.predict(other_features) == other_labels))
