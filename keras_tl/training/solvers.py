"""The linear classifiers of scikit-learn that solve for a head, and how strong they may be."""

from collections.abc import Callable
from typing import Any

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

ClassWeights = dict[int, float] | None

GRID = (1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0)
DEFAULT_C = 0.1
MOST_ITERATIONS = 5000


class SerialLogisticRegression(LogisticRegression):
    """scikit-learn's logistic regression, with the linear algebra on one thread.

    NumPy and SciPy each bring a BLAS with threads of its own. The solver goes back and forth
    between them, and the threads of one wait busily while the other computes: on two cores the fit
    of 1,259 images by 1,536 features took 16 times as long as on one thread.
    """

    def fit(self, *arguments: Any, **options: Any) -> "SerialLogisticRegression":
        """Fits as scikit-learn does."""
        with threadpool_limits(1, user_api="blas"):
            return super().fit(*arguments, **options)


def logistic(strength: float, weights: ClassWeights = None) -> LogisticRegression:
    """Logistic regression, of a strength and with weights of the classes."""
    return SerialLogisticRegression(C=strength, class_weight=weights, max_iter=MOST_ITERATIONS)


def linear_svm(strength: float, weights: ClassWeights = None) -> LinearSVC:
    """A linear support vector machine, likewise."""
    return LinearSVC(C=strength, class_weight=weights, max_iter=MOST_ITERATIONS, random_state=0)


def logistic_probe() -> Pipeline:
    """Logistic regression (C=0.1) on features that are standardised first, as a probe of them.

    Source: Kornblith et al., 2019, arXiv:1805.08974.
    """
    return make_pipeline(StandardScaler(), logistic(DEFAULT_C))


SOLVERS: dict[str, Callable[..., Any]] = {"logistic": logistic, "linear-svm": linear_svm}
