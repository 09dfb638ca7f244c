import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.training.phases import OPTIMIZERS, SCHEDULES


def test_phase_is_data():
    phase = ktl.Phase("head", ktl.Plan.freeze_to(-1), 3, 0.01, "sgd", "cosine", patience=2)
    assert ktl.Phase.from_dict(phase.to_dict()) == phase


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "`epochs` must be an integer >= 1"),
        ({"learning_rate": -1.0}, "`learning_rate` must be between"),
        ({"optimizer": "adma"}, "Did you mean 'adam'"),
        ({"schedule": "cosin"}, "Did you mean 'cosine'"),
        ({"patience": 0}, "`patience` must be an integer >= 1"),
    ],
)
def test_wrong_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        ktl.Phase("head", **options)


def test_unknown_key_gets_a_suggestion():
    with pytest.raises(ValueError, match="Did you mean 'learning_rate'"):
        ktl.Phase.from_dict({"name": "head", "learning_rte": 0.1})


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizer_has_the_rate(name):
    optimizer = ktl.Phase("head", optimizer=name, learning_rate=0.02).make_optimizer(10)
    assert float(optimizer.learning_rate) == pytest.approx(0.02)


def test_cosine_ends_at_zero():
    """Loshchilov and Hutter, 2017, arXiv:1608.03983: rate (1 + cos(pi t)) / 2."""
    phase = ktl.Phase("head", epochs=4, learning_rate=0.1, schedule=SCHEDULES[1])
    rate = phase.make_optimizer(5).learning_rate
    schedule = phase.make_optimizer(5)._learning_rate
    assert float(rate) == pytest.approx(0.1)
    for step in (0, 7, 20):
        expected = 0.1 * (1 + np.cos(np.pi * step / 20)) / 2
        assert float(schedule(step)) == pytest.approx(expected, abs=1e-8)
