import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import entropy, multivariate_normal
from sklearn.cross_decomposition import CCA
from sklearn.linear_model import BayesianRidge
from sklearn.metrics import mutual_info_score

from keras_tl.evaluation.ranking.transferability import h_score, leep, logme, nce

CLASSES = 3


@pytest.fixture
def labels():
    return np.arange(90) % CLASSES


@pytest.fixture
def features(labels):
    """Five features of several scales, two of which know something of the class."""
    generator = np.random.default_rng(0)
    found = generator.normal(1.0, [1.0, 0.5, 2.0, 0.3, 1.0], (len(labels), 5))
    found[:, 0] += labels
    found[:, 1] -= labels == 1
    return found


def wide(labels, width=150):
    """More features than images."""
    generator = np.random.default_rng(1)
    found = generator.normal(0.0, 1.0, (len(labels), width))
    found[:, :20] += 0.3 * labels[:, None]
    return found


def ridge_evidence(features, labels):
    """Oracle: the log marginal likelihood that scikit-learn's BayesianRidge maximises."""
    options = {"alpha_1": 0.0, "alpha_2": 0.0, "lambda_1": 0.0, "lambda_2": 0.0}
    found = []
    for number in np.unique(labels):
        ridge = BayesianRidge(
            fit_intercept=False, compute_score=True, max_iter=20000, tol=1e-14, **options
        )
        found.append(ridge.fit(features, labels == number).scores_[-1] / len(labels))
    return np.mean(found)


def density(features, target, log_precisions):
    """Oracle: `log N(y; 0, I / beta + F F^T / alpha)`."""
    alpha, beta = np.exp(log_precisions)
    covariance = np.eye(len(features)) / beta + features @ features.T / alpha
    return multivariate_normal.logpdf(target, np.zeros(len(features)), covariance)


def test_logme_is_the_evidence_of_scikit_learns_bayesian_ridge(features, labels):
    assert logme(features, labels) == pytest.approx(ridge_evidence(features, labels), abs=1e-10)
    shifted = features * [1.0, 10.0, 0.1, 3.0, 1.0] - 1.0
    assert logme(shifted, labels) == pytest.approx(ridge_evidence(shifted, labels), abs=1e-10)


def test_logme_is_the_evidence_with_more_features_than_images(labels):
    many = wide(labels)
    assert logme(many, labels) == pytest.approx(ridge_evidence(many, labels), abs=1e-10)


def test_logme_is_the_largest_gaussian_density_of_the_labels(features, labels):
    features, labels = features[:30], labels[:30]
    found = [
        minimize(
            lambda x, y=labels == number: -density(features, y, x),
            [0.0, 0.0],
            method="Nelder-Mead",
            options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000},
        ).fun
        for number in range(CLASSES)
    ]
    assert logme(features, labels) == pytest.approx(-np.mean(found) / len(labels), abs=1e-8)


def test_logme_depends_on_neither_scale_nor_rotation(features, labels):
    rotation, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(5, 5)))
    for moved in (features * 1e-6, features * 1e6, features @ rotation):
        assert logme(moved, labels) == pytest.approx(logme(features, labels), abs=1e-9)


def test_logme_is_finite_for_features_that_determine_the_labels(labels):
    """There the evidence has no maximum, and fixed-point iterations end in NaN."""
    exact = np.eye(CLASSES)[labels]
    assert 1.0 < logme(exact, labels) < 100.0
    assert np.isfinite(logme(np.tile(exact, 50), labels))
    interpolating = np.random.default_rng(0).normal(size=(len(labels), 400))
    assert logme(interpolating, labels) < logme(exact, labels)


@pytest.mark.parametrize("score", [logme, h_score])
def test_constant_features_know_nothing(score, labels, features):
    for constant in (0.0, 0.1, -7.0):
        nothing = score(np.full((len(labels), 4), constant), labels)
        assert nothing < score(features, labels)


def test_a_feature_that_never_changes_but_for_rounding_changes_no_h_score(features, labels):
    assert h_score(np.full((len(labels), 4), 0.1), labels) == 0.0
    constant = np.full((len(labels), 1), 0.1) * (1 + 1e-7 * labels[:, None])
    more = np.hstack([features, constant])
    plain = h_score(features, labels, shrinkage=False)
    assert h_score(more, labels, shrinkage=False) == pytest.approx(plain, abs=1e-10)


def test_h_score_is_the_sum_of_squared_canonical_correlations(features, labels):
    """Oracle: the cosines between the two spaces by QR, and scikit-learn's CCA."""
    found = h_score(features, labels, shrinkage=False)
    one_hot = np.eye(CLASSES)[labels][:, 1:]
    ours, theirs = (np.linalg.qr(x - x.mean(axis=0))[0] for x in (features, one_hot))
    assert found == pytest.approx(np.sum((ours.T @ theirs) ** 2), abs=1e-10)
    pairs = CCA(n_components=2, max_iter=5000, tol=1e-12).fit_transform(features, one_hot)
    correlations = [np.corrcoef(*(side[:, i] for side in pairs))[0, 1] for i in range(2)]
    assert found == pytest.approx(np.sum(np.square(correlations)), abs=1e-6)


def test_h_score_depends_on_no_invertible_affine_map(features, labels):
    mapped = features @ np.random.default_rng(3).normal(size=(5, 5)) + 100.0
    plain = h_score(features, labels, shrinkage=False)
    assert h_score(mapped, labels, shrinkage=False) == pytest.approx(plain, abs=1e-9)


def test_only_the_plain_h_score_takes_noise_for_knowledge(labels):
    """With more features than images it is at its bound, classes less one, whatever they are."""
    noise = np.random.default_rng(0).normal(size=(len(labels), 200))
    assert h_score(noise, labels, shrinkage=False) == pytest.approx(CLASSES - 1, abs=1e-8)
    assert h_score(noise, labels) < 0.8 * (CLASSES - 1)


def test_shrinkage_is_that_of_ledoit_and_wolf(features, labels):
    """Oracle: the definition, with scikit-learn's estimate and each image's class mean."""
    from sklearn.covariance import ledoit_wolf

    centred = features - features.mean(axis=0)
    covariance, shrinkage = ledoit_wolf(centred)
    means = np.stack([centred[labels == y].mean(axis=0) for y in labels])
    between = means.T @ means / len(labels)
    expected = (1 - shrinkage) * np.trace(np.linalg.inv(covariance) @ between)
    assert h_score(features, labels) == pytest.approx(expected, abs=1e-10)
    assert 0.01 < shrinkage < 0.5


def test_leep_nce_and_information_less_entropy_are_one_for_a_decided_source(labels):
    """Oracle: mutual information of scikit-learn less the entropy of the labels."""
    source = np.random.default_rng(4).integers(0, 4, len(labels)) + labels
    expected = mutual_info_score(labels, source) - entropy(np.bincount(labels))
    one_hot = np.eye(9)[source]
    assert not one_hot[:, 8].any()
    assert leep(one_hot, labels) == pytest.approx(expected, abs=1e-12)
    assert nce(source, labels) == pytest.approx(expected, abs=1e-12)


def test_leep_is_its_definition_with_source_classes_that_never_are(labels):
    given = np.random.default_rng(5).dirichlet(np.ones(4), len(labels))
    with_empty = np.hstack([np.zeros((len(labels), 1)), given])
    total = 0.0
    for row, label in zip(given, labels, strict=True):
        of_label = given[labels == label].sum(axis=0) / given.sum(axis=0)
        total += np.log(of_label @ row)
    assert leep(given, labels) == pytest.approx(total / len(labels), abs=1e-12)
    assert leep(with_empty, labels) == pytest.approx(leep(given, labels), abs=1e-12)


def test_leep_bounds_nce(labels):
    """`LEEP >= NCE + mean log theta_z`, Nguyen et al., 2020, property 1."""
    given = np.random.default_rng(6).dirichlet(np.ones(4), len(labels))
    sure = np.log(given.max(axis=1)).mean()
    assert 0.0 > leep(given, labels) >= nce(given.argmax(axis=1), labels) + sure


def test_a_source_that_knows_the_labels_is_perfect_and_one_that_knows_nothing_is_chance(labels):
    assert leep(np.eye(CLASSES)[labels], labels) == pytest.approx(0.0, abs=1e-12)
    assert leep(np.full((len(labels), 7), 1 / 7), labels) == pytest.approx(-np.log(CLASSES))


@pytest.mark.parametrize("score", [logme, h_score])
def test_absent_classes_do_not_count(score, features, labels):
    assert score(features, labels * 10 + 3) == score(features, labels)


@pytest.mark.parametrize("score", [logme, h_score, leep])
@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        (np.ones((4, 2, 2)), np.arange(4), r"finite numbers .* shape \(4, 2, 2\)"),
        (np.array([[1.0], [np.nan]]), np.arange(2), "with NaN or infinity"),
        (np.ones((0, 3)), np.arange(0), r"shape \(0, 3\)"),
        (np.ones((4, 1)), np.arange(3), r"one integer for each of the 4 images.*int64.*\(3,\)"),
        (np.ones((4, 1)), np.eye(4, dtype=int), r"one integer .*shape \(4, 4\)"),
        (np.ones((4, 1)), np.arange(4.0), "one integer .*float64"),
        (np.ones((4, 1)), np.full(4, 2), "at least two classes. Received: class 2 alone"),
    ],
)
def test_what_cannot_be_scored_is_said(score, features, labels, message):
    with pytest.raises(ValueError, match=message):
        score(features, labels)


@pytest.mark.parametrize("given", [[[0.5, 0.6]] * 2, [[1.5, -0.5]] * 2])
def test_leep_wants_probabilities(given):
    with pytest.raises(ValueError, match="`source_probabilities` must be rows of probabilities"):
        leep(np.array(given), np.arange(2))
