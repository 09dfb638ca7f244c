import numpy as np
import pytest
import sklearn.base
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_info, threadpool_limits

from keras_tl.training import solvers
from keras_tl.training.solvers import SOLVERS


@pytest.fixture(scope="module")
def labelled():
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 3
    return generator.normal(size=(60, 5)) + labels[:, None], labels


def test_logistic_is_that_of_scikit_learn(labelled):
    found = SOLVERS["logistic"](0.5, {0: 1.0, 1: 2.0, 2: 3.0}).fit(*labelled)
    other = LogisticRegression(C=0.5, class_weight={0: 1.0, 1: 2.0, 2: 3.0}, max_iter=5000)
    with threadpool_limits(1):
        other.fit(*labelled)
    np.testing.assert_array_equal(found.coef_, other.coef_)
    np.testing.assert_array_equal(found.intercept_, other.intercept_)


def blas_threads():
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_its_linear_algebra_has_one_thread_and_others_keep_theirs(labelled, monkeypatch):
    seen = []

    def fit(self, *arguments, **options):
        seen.append(blas_threads())
        return original(self, *arguments, **options)

    original = LogisticRegression.fit
    monkeypatch.setattr(solvers.LogisticRegression, "fit", fit)
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        SOLVERS["logistic"](1.0).fit(*labelled)
        assert blas_threads() == before
    assert seen == [{1}]


@pytest.mark.parametrize("name", SOLVERS)
def test_a_copy_is_the_same(name):
    solver = SOLVERS[name](0.3, {0: 2.0})
    assert sklearn.base.clone(solver).get_params() == solver.get_params()
