import keras
import numpy as np
import pytest
from scipy.special import log_softmax, logit, softmax

from keras_tl.training.crossentropy import SmoothedCrossentropy
from keras_tl.training.rare_class_losses import (
    FocalCrossentropy,
    LogitAdjustedBinaryCrossentropy,
    LogitAdjustedCrossentropy,
)

LOGITS = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
PROBABILITIES = softmax(LOGITS, axis=1)
LABELS = np.array([0, 1, 2, 3, 0, 1])
ONE_HOT = np.eye(4, dtype="float32")[LABELS]
MIXED = (0.6 * ONE_HOT + 0.4 * ONE_HOT[::-1]).astype("float32")
PRIORS = np.array([0.7, 0.2, 0.08, 0.02])
SEVERAL = np.random.default_rng(1).integers(0, 2, (6, 4)).astype("float32")


@pytest.mark.parametrize("strength", [0.0, 1.0, 2.0])
def test_adjustment_adds_the_logarithm_of_the_priors_to_the_logits(strength):
    adjusted = log_softmax(LOGITS + strength * np.log(PRIORS), axis=1)
    loss = LogitAdjustedCrossentropy(PRIORS, strength)
    for labels, targets in ((LABELS, ONE_HOT), (ONE_HOT, ONE_HOT), (MIXED, MIXED)):
        expected = -(targets * adjusted).sum(axis=1).mean()
        assert float(loss(labels, PROBABILITIES)) == pytest.approx(expected, rel=1e-5)


def test_binary_adjustment_adds_the_logit_of_the_prior():
    adjusted = LOGITS + logit(PRIORS)
    expected = np.mean(np.logaddexp(0, adjusted) - SEVERAL * adjusted)
    found = LogitAdjustedBinaryCrossentropy(PRIORS)(SEVERAL, 1 / (1 + np.exp(-LOGITS)))
    assert float(found) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("focusing", [1.0, 2.0])
def test_focal_loss_is_the_closed_form(focusing):
    loss = FocalCrossentropy(focusing)
    for labels, targets in ((LABELS, ONE_HOT), (ONE_HOT, ONE_HOT), (MIXED, MIXED)):
        terms = targets * (1 - PROBABILITIES) ** focusing * np.log(PROBABILITIES)
        found = float(loss(labels, PROBABILITIES))
        assert found == pytest.approx(-terms.sum(axis=1).mean(), rel=1e-5)


def test_without_focusing_it_is_crossentropy():
    expected = float(SmoothedCrossentropy(0.1)(LABELS, PROBABILITIES))
    found = FocalCrossentropy(0.0, label_smoothing=0.1)(LABELS, PROBABILITIES)
    assert float(found) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    "loss",
    [
        LogitAdjustedCrossentropy(PRIORS, 0.5, label_smoothing=0.1),
        LogitAdjustedBinaryCrossentropy(PRIORS, 0.5, label_smoothing=0.1),
        FocalCrossentropy(3.0, 0.1),
    ],
)
def test_losses_are_serializable(loss):
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.get_config() == loss.get_config()
    labels = LABELS if isinstance(loss, SmoothedCrossentropy) else SEVERAL
    assert float(again(labels, PROBABILITIES)) == float(loss(labels, PROBABILITIES))
