import keras
import numpy as np
import pytest
from sklearn.metrics import log_loss

from keras_tl.training.crossentropy import (
    SmoothedCrossentropy,
    WeightedBinaryCrossentropy,
    WeightedCrossentropy,
)

PROBABILITIES = np.random.default_rng(0).dirichlet(np.ones(4), 6).astype("float32")
LABELS = np.array([0, 1, 2, 3, 0, 1])
ONE_HOT = np.eye(4, dtype="float32")[LABELS]
MIXED = (0.7 * ONE_HOT + 0.3 * ONE_HOT[::-1]).astype("float32")
WEIGHTS = [0.5, 2.0, 1.0, 3.0]
SEVERAL = np.random.default_rng(1).integers(0, 2, (6, 4)).astype("float32")


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_smoothed_crossentropy_is_the_closed_form(smoothing):
    targets = (1 - smoothing) * ONE_HOT + smoothing / 4
    expected = -(targets * np.log(PROBABILITIES)).sum(axis=1).mean()
    found = SmoothedCrossentropy(smoothing)(LABELS, PROBABILITIES)
    assert float(found) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_one_hot_labels_are_the_same_as_numbers(smoothing):
    for loss in (SmoothedCrossentropy(smoothing), WeightedCrossentropy(WEIGHTS, smoothing)):
        numbers = loss(LABELS, PROBABILITIES)
        assert float(loss(ONE_HOT, PROBABILITIES)) == pytest.approx(float(numbers), rel=1e-6)
        assert float(loss(LABELS[:, None], PROBABILITIES)) == pytest.approx(float(numbers))


def test_mixed_labels_mix_the_losses():
    for loss in (SmoothedCrossentropy(), WeightedCrossentropy(WEIGHTS)):
        first, second = (float(loss(labels, PROBABILITIES)) for labels in (LABELS, LABELS[::-1]))
        mixed = float(loss(MIXED, PROBABILITIES))
        assert mixed == pytest.approx(0.7 * first + 0.3 * second, rel=1e-5)


def test_weights_are_those_of_scikit_learn():
    expected = log_loss(
        LABELS, PROBABILITIES, sample_weight=np.take(WEIGHTS, LABELS), normalize=False
    )
    found = WeightedCrossentropy(WEIGHTS)(LABELS, PROBABILITIES)
    assert 6 * float(found) == pytest.approx(expected, rel=1e-5)


def test_equal_weights_change_nothing():
    plain, weighted = SmoothedCrossentropy(0.1), WeightedCrossentropy([1.0] * 4, 0.1)
    assert float(plain(LABELS, PROBABILITIES)) == pytest.approx(
        float(weighted(LABELS, PROBABILITIES))
    )


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_binary_weights_of_one_are_keras_crossentropy(smoothing):
    ones = [1.0] * 4
    found = WeightedBinaryCrossentropy(ones, ones, smoothing)(SEVERAL, PROBABILITIES)
    expected = keras.losses.BinaryCrossentropy(label_smoothing=smoothing)(SEVERAL, PROBABILITIES)
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


def test_binary_weights_are_those_of_scikit_learn():
    negative = [1.0, 0.5, 2.0, 1.5]
    found = WeightedBinaryCrossentropy(WEIGHTS, negative)(SEVERAL, PROBABILITIES)
    each = [
        log_loss(
            SEVERAL[:, i],
            PROBABILITIES[:, i],
            labels=[0, 1],
            sample_weight=np.where(SEVERAL[:, i], WEIGHTS[i], negative[i]),
            normalize=False,
        )
        for i in range(4)
    ]
    assert 24 * float(found) == pytest.approx(sum(each), rel=1e-5)


def test_certain_and_wrong_is_finite():
    sure = np.array([[1.0, 0.0], [0.0, 1.0]], "float32")
    for loss in (WeightedCrossentropy([1, 1]), WeightedBinaryCrossentropy([1, 1], [1, 1])):
        assert np.isfinite(float(loss(sure[::-1], sure)))


@pytest.mark.parametrize(
    "loss",
    [
        SmoothedCrossentropy(0.2),
        WeightedCrossentropy(WEIGHTS, 0.1),
        WeightedBinaryCrossentropy(WEIGHTS, WEIGHTS, 0.1),
    ],
)
def test_losses_are_serializable(loss):
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.get_config() == loss.get_config()
