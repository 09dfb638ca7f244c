import keras
import numpy as np
import pytest

from keras_tl.training.objectives import SmoothedCrossentropy


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_smoothed_crossentropy_is_the_closed_form(smoothing):
    probabilities = np.random.default_rng(0).dirichlet(np.ones(4), 6).astype("float32")
    labels = np.array([0, 1, 2, 3, 0, 1])
    targets = (1 - smoothing) * np.eye(4)[labels] + smoothing / 4
    expected = -(targets * np.log(probabilities)).sum(axis=1).mean()
    found = SmoothedCrossentropy(smoothing)(labels, probabilities)
    assert float(found) == pytest.approx(expected, rel=1e-5)


def test_loss_is_serializable():
    loss = SmoothedCrossentropy(0.2)
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.get_config() == loss.get_config()
