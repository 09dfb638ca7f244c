import pytest

import keras_tl as ktl
from keras_tl.training.optimizers import OPTIMIZERS
from keras_tl.training.schedules import SCHEDULES


def test_phase_is_data():
    plan = ktl.Plan.layer_decay(0.5, batch_norm="affine")
    options = {"momentum": 0.9}
    phase = ktl.Phase("head", plan, 3, 0.01, "sgd", options, "cosine", patience=2)
    assert ktl.Phase.from_dict(phase.to_dict()) == phase


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "`epochs` must be an integer >= 1"),
        ({"learning_rate": -1.0}, "`learning_rate` must be between"),
        ({"optimizer": "adma"}, "Did you mean 'adam'"),
        ({"schedule": "cosin"}, "Did you mean 'cosine'"),
        ({"patience": 0}, "`patience` must be an integer >= 1"),
        ({"ema": 2.0}, "`ema` must be between"),
        ({"ema": 0.9, "solver": "logistic"}, "`solver` must be"),
        ({"optimizer_options": {"use_ema": True}}, "pass `ema=0.99`"),
        ({"solver": "logistics"}, "Did you mean 'logistic'"),
    ],
)
def test_wrong_settings_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        ktl.Phase("head", **options)


def test_unknown_key_gets_a_suggestion():
    with pytest.raises(ValueError, match="Did you mean 'learning_rate'"):
        ktl.Phase.from_dict({"name": "head", "learning_rte": 0.1})


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_optimizer_goes_with_every_schedule(optimizer, schedule):
    phase = ktl.Phase("head", optimizer=optimizer, schedule=schedule)
    rate = SCHEDULES[phase.schedule](phase.learning_rate, 10)
    assert float(OPTIMIZERS[phase.optimizer](rate).learning_rate) <= phase.learning_rate * 1.0001
