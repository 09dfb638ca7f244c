import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneOut, cross_val_predict, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler

from keras_tl.evaluation.ranking.probes import knn_agreement, probe_accuracy


@pytest.fixture
def labels():
    return np.arange(48) % 4


@pytest.fixture
def features(labels):
    found = np.random.default_rng(0).normal(0.0, 1.0, (len(labels), 6))
    found[np.arange(len(labels)), labels] += 2.0
    return found


@pytest.mark.parametrize("neighbours", [1, 5, 200])
@pytest.mark.parametrize("temperature", [0.05, 0.5])
def test_neighbours_vote_as_in_scikit_learn_with_one_image_left_out(
    features, labels, neighbours, temperature
):
    """Oracle: what its classifier, with the same weights, gives to the label left out."""

    def weights(distances):
        return np.exp((1.0 - distances) / temperature)

    count = min(neighbours, len(labels) - 1)
    classifier = KNeighborsClassifier(count, metric="cosine", weights=weights)
    options = {"cv": LeaveOneOut(), "method": "predict_proba"}
    expected = cross_val_predict(classifier, features, labels, **options)
    found = knn_agreement(features, labels, neighbours=neighbours, temperature=temperature)
    assert found == pytest.approx(expected[np.arange(len(labels)), labels].mean(), abs=1e-12)
    assert 0.2 < found < 1.0


def test_a_single_neighbour_gives_the_accuracy_of_the_nearest_one(features, labels):
    nearest = KNeighborsClassifier(1, metric="cosine")
    accuracy = cross_val_score(nearest, features, labels, cv=LeaveOneOut()).mean()
    assert knn_agreement(features, labels, neighbours=1) == pytest.approx(accuracy, abs=1e-12)


def test_neighbours_do_not_see_how_long_a_feature_vector_is(features, labels):
    lengths = np.random.default_rng(1).uniform(0.1, 10.0, (len(labels), 1))
    plain = knn_agreement(features, labels)
    assert knn_agreement(features * lengths, labels) == pytest.approx(plain, abs=1e-9)


def test_an_only_image_of_its_class_has_no_neighbour_to_name_it():
    directions = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0]])
    found = knn_agreement(directions, np.array([4, 4, 9]), neighbours=1)
    assert found == pytest.approx(2 / 3)


def test_dead_features_are_no_neighbours(labels):
    assert knn_agreement(np.zeros((len(labels), 3)), labels, neighbours=47) < 0.25


@pytest.mark.parametrize("options", [{"neighbours": 0}, {"temperature": 0.0}])
def test_arguments_out_of_range(options, features, labels):
    with pytest.raises(ValueError, match=f"`{next(iter(options))}` must be"):
        knn_agreement(features, labels, **options)


def test_the_probe_is_scikit_learns_on_standardised_features(features, labels):
    train, other = np.arange(36), np.arange(36, 48)
    scaler = StandardScaler().fit(features[train])
    probe = LogisticRegression(C=0.1, max_iter=5000)
    probe.fit(scaler.transform(features[train]), labels[train])
    expected = probe.score(scaler.transform(features[other]), labels[other])
    found = probe_accuracy(features[train], labels[train], features[other], labels[other])
    assert found == expected
    assert 0.25 < found < 1.0


def test_the_probe_is_wrong_on_a_class_that_it_never_saw(features, labels):
    seen = labels < 2
    found = probe_accuracy(features[seen], labels[seen], features[~seen], labels[~seen])
    assert found == 0.0


@pytest.mark.parametrize(
    "score", [knn_agreement, lambda *found: probe_accuracy(*found, *found)], ids=["knn", "probe"]
)
def test_a_single_class_is_no_task(score, features):
    with pytest.raises(ValueError, match=r"at least two classes. Received: class 1 alone"):
        score(features, np.full(len(features), 1))
