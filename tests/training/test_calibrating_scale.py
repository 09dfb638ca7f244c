import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.metrics import log_loss

from keras_tl.training.calibrating_scale import calibrating_scale, log_loss_of


def test_scale_is_that_of_least_log_loss():
    """Oracle: a fine grid."""
    generator = np.random.default_rng(1)
    labels = np.arange(60) % 3
    logits = generator.normal(size=(60, 3)) + 1.5 * np.eye(3)[labels]
    for factor in (0.1, 1.0, 7.0):
        grid = np.geomspace(0.01, 100, 401)
        losses = [log_loss(labels, softmax(s * factor * logits, axis=1)) for s in grid]
        best = grid[int(np.argmin(losses))]
        assert calibrating_scale(factor * logits, labels) == pytest.approx(best, rel=0.02)


def test_log_loss_is_that_of_scikit_learn_with_one_label_or_several():
    generator = np.random.default_rng(0)
    logits, labels = generator.normal(size=(20, 3)), np.arange(20) % 3
    assert log_loss_of(logits, labels) == pytest.approx(log_loss(labels, softmax(logits, axis=1)))
    several = generator.integers(0, 2, (20, 3))
    expected = [log_loss(several[:, i], expit(logits[:, i])) for i in range(3)]
    assert log_loss_of(logits, several) == pytest.approx(np.mean(expected))
