"""What frozen features are worth for labels, from the two alone: nothing is trained.

LogME and the H-score look at features, LEEP and NCE at what a source classifier says. Higher is
better in each; only values on the same images and labels compare.
"""

import numpy as np
from scipy.linalg import svd
from scipy.optimize import minimize_scalar
from scipy.stats import entropy
from sklearn.covariance import LedoitWolf, empirical_covariance
from sklearn.metrics import mutual_info_score

from keras_tl.training.closed_form import FLOAT_NOISE

NOISE_TO_SIGNAL = np.log(np.geomspace(1e-8, 1e8, 101))
TOLERANCE = 1e-3


def logme(features: np.ndarray, labels: np.ndarray) -> float:
    r"""Returns the logarithm of maximum evidence (LogME) of a linear model on features.

    For each class `c`, its 0/1 labels `y` are taken to be `F w` with a Gaussian prior of precision
    `\alpha` on `w`, and noise of precision `\beta`. The score is the mean over classes of the
    largest `\log p(y | F, \alpha, \beta) / n`. Given `t = \alpha / \beta` the best `\beta` is known
    in closed form, so that one number is searched for instead of iterated to. With `t` between
    1e-8 and 1e8 times the mean squared singular value of `F` the score is finite also for features
    that determine the labels. Classes without images are left out.

    Source: You et al., 2021, arXiv:2102.11005, and You et al., 2022, arXiv:2110.10545.

    Args:
        features: `(images, features)`; not centred here, as in the paper.
        labels: `(images,)` integers.

    Returns:
        Nats per image.

    Raises:
        ValueError: If features are not finite, labels are not one integer an image, or they hold
            a single class.
    """
    features, labels = check_features(features, labels)
    directions, singular, _ = svd(features, full_matrices=False)
    classes = np.equal.outer(np.unique(labels), labels).astype("float64")
    explained = (classes @ directions) ** 2
    spectrum = singular**2
    pairs = zip(explained, classes.sum(axis=1) - explained.sum(axis=1), strict=True)
    return float(
        np.mean([_evidence(spectrum, x, max(rest, 0.0), len(labels)) for x, rest in pairs])
    )


def _evidence(spectrum: np.ndarray, explained: np.ndarray, rest: float, images: int) -> float:
    """Returns the largest log evidence per image.

    Args:
        spectrum: Squared singular values of the features.
        explained: Squared projection of the labels on each left singular vector.
        rest: Squared norm of what is in none of them.
        images: Number of images.
    """

    def loss(log_ratio: float) -> float:
        gain = np.log1p(spectrum * np.exp(-log_ratio))
        energy = explained @ np.exp(-gain) + rest
        return 0.5 * (np.log(2 * np.pi * energy / images) + 1.0 + gain.sum() / images)

    tried = NOISE_TO_SIGNAL + np.log(spectrum.mean() or 1.0)
    best = int(np.argmin([loss(ratio) for ratio in tried]))
    around = tried[max(best - 1, 0)], tried[min(best + 1, len(tried) - 1)]
    found = minimize_scalar(loss, bounds=around, method="bounded", options={"xatol": 1e-9})
    return -float(found.fun)


def h_score(features: np.ndarray, labels: np.ndarray, *, shrinkage: bool = True) -> float:
    r"""Returns `tr(\operatorname{cov}(f)^{-1} \operatorname{cov}(E[f | y]))`.

    Without shrinkage it is the sum of the squared canonical correlations between features and
    classes, at most the number of classes less one, which it reaches wherever there are as many
    features as images. With shrinkage `a` of the covariance as Ledoit and Wolf estimate it, the
    covariance of the class means is multiplied by `1 - a`.

    Source: Bao et al., 2019, arXiv:2212.10082; with shrinkage Ibrahim et al., 2021,
    arXiv:2110.06893.

    Args:
        features: `(images, features)`.
        labels: `(images,)` integers.
        shrinkage: Whether the covariance is shrunk; without it few images make all features good.

    Raises:
        ValueError: As for `logme`.
    """
    features, labels = check_features(features, labels)
    centred = _centred(features)
    kept, covariance = 1.0, empirical_covariance(centred, assume_centered=True)
    if shrinkage:
        estimate = LedoitWolf(store_precision=False, assume_centered=True).fit(centred)
        kept, covariance = 1.0 - estimate.shrinkage_, estimate.covariance_
    _, numbers, counts = np.unique(labels, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), centred.shape[1]))
    np.add.at(sums, numbers, centred)
    means = sums / np.sqrt(counts * len(labels))[:, None]
    return float(kept * np.sum(means @ np.linalg.pinv(covariance, hermitian=True) * means))


def _centred(features: np.ndarray) -> np.ndarray:
    """Returns features less their means; those that vary by float32 noise alone are 0."""
    means = features.mean(axis=0)
    varies = features.std(axis=0) > FLOAT_NOISE * np.abs(means)
    return np.where(varies, features - means, 0.0)


def leep(source_probabilities: np.ndarray, labels: np.ndarray) -> float:
    r"""Returns the log expected empirical prediction of labels through a source classifier.

    With `P(z) > 0` the mean probability of source class `z` and `P(y | z)` what its probability
    says of the labels, the score is the mean of `\log \sum_z P(y_i | z) \theta_i(z)`. A source
    class that is never probable says nothing and is passed over.

    Source: Nguyen et al., 2020, arXiv:2002.12462.

    Args:
        source_probabilities: `\theta`, `(images, source classes)`; rows sum to 1.
        labels: `(images,)` integers.

    Returns:
        Nats per image, at most 0.

    Raises:
        ValueError: If probabilities are negative or do not sum to 1, or as for `logme`.
    """
    given, labels = check_features(source_probabilities, labels, "source_probabilities")
    if given.min() < 0.0 or np.abs(given.sum(axis=1) - 1.0).max() > TOLERANCE:
        raise ValueError(
            "`source_probabilities` must be rows of probabilities that sum to 1, such as those of "
            f"a softmax. Received: values from {given.min():.3g} to {given.max():.3g}, rows that "
            f"sum to {given.sum(axis=1).min():.3g} to {given.sum(axis=1).max():.3g}"
        )
    classes, numbers = np.unique(labels, return_inverse=True)
    joint = np.eye(len(classes))[numbers].T @ given
    total = joint.sum(axis=0)
    conditional = np.divide(joint, total, out=np.zeros_like(joint), where=total > 0.0)
    return float(np.log(np.sum(conditional[numbers] * given, axis=1)).mean())


def nce(source_labels: np.ndarray, labels: np.ndarray) -> float:
    """Returns the negative conditional entropy of labels, given those of a source classifier.

    Source: Tran et al., 2019, arXiv:1908.08142.

    Args:
        source_labels: `(images,)` integers.
        labels: `(images,)` integers.

    Returns:
        Nats per image, at most 0.

    Raises:
        ValueError: As for `logme`.
    """
    _, labels = check_features(np.reshape(source_labels, (-1, 1)), labels, "source_labels")
    counts = np.unique(labels, return_counts=True)[1]
    return float(mutual_info_score(labels, np.ravel(source_labels)) - entropy(counts))


def check_features(
    features: np.ndarray, labels: np.ndarray, name: str = "features"
) -> tuple[np.ndarray, np.ndarray]:
    """Returns features as float64 and labels as an array.

    Raises:
        ValueError: If features are not finite numbers `(images, features)`, labels are not one
            integer for each of these images, or they hold a single class.
    """
    features, labels = np.asarray(features, dtype="float64"), np.asarray(labels)
    if features.ndim != 2 or not features.size or not np.isfinite(features).all():
        raise ValueError(
            f"`{name}` must be finite numbers `(images, features)`. "
            f"Received: an array of shape {features.shape}"
            + (", with NaN or infinity" if not np.isfinite(features).all() else "")
        )
    is_integer = np.issubdtype(labels.dtype, np.integer) and labels.shape == features.shape[:1]
    if not is_integer or np.unique(labels).size < 2:
        received = f"{labels.dtype} labels of shape {labels.shape}"
        raise ValueError(
            f"`labels` must be one integer for each of the {len(features)} images, of at least two "
            f"classes. Received: {received if not is_integer else f'class {labels[0]} alone'}"
        )
    return features, labels
