import keras
import numpy as np
import pytest
from sklearn.metrics import recall_score

import keras_tl as ktl
from keras_tl.data.balance import BALANCES
from keras_tl.training.objectives import MixedAccuracy, default_loss

COUNTS = (160, 40, 16)


def clouds(several=False, **options):
    """Pictures of one colour each, from three overlapping clouds, the third of them rare.

    With several labels the fourth says that it is not the first cloud.
    """
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1, 2], COUNTS)
    colours = np.full((len(labels), 3), 100.0)
    colours[np.arange(len(labels)), labels] += 25
    colours += generator.normal(0, 20, colours.shape)
    images = np.broadcast_to(colours[:, None, None].clip(0, 255), (len(labels), 16, 16, 3))
    chosen = np.c_[np.eye(3, dtype=int)[labels], labels > 0] if several else labels
    options = {"image_size": 16, "validation": 0.0, "test": 0.25, **options}
    return ktl.load_data((images, chosen), **options)


def on_colours(data):
    """A linear classifier of the mean colour."""
    inputs = keras.Input((16, 16, 3))
    body = keras.Model(inputs, keras.layers.Rescaling(1 / 64, -2)(inputs))
    return ktl.build_classifier(body, data)


def recalls(balance, recipe, several=False):
    data = clouds(several, balance=balance)
    model = on_colours(data)
    ktl.fine_tune(model, data, recipe, verbose=0)
    found = model.predict(data.test.images(), verbose=0)
    if several:
        return recall_score(data.test.labels, found > 0.5, average=None, zero_division=0)
    return recall_score(data.test.labels, found.argmax(axis=1), average=None)


def trained():
    head_only = ktl.Plan.freeze_to(-1)
    return ktl.Recipe("probe", (ktl.Phase("probe", head_only, 15, 0.15, restore_best=False),))


def solved():
    phase = ktl.Phase("probe", ktl.Plan.freeze_to(-1), 1, solver="logistic", restore_best=False)
    return ktl.Recipe("solved", (phase,))


@pytest.mark.parametrize("several", [False, True])
def test_balancing_finds_more_of_the_rare_class(several):
    without = recalls(None, trained(), several)
    assert without[0] > without[2] + 0.3
    for balance in ("weights", "logit-adjustment", "oversample"):
        rare = recalls(balance, trained(), several)[2]
        assert rare > without[2] + 0.2, balance


def test_balancing_acts_on_the_solved_head_too():
    without = recalls(None, solved())
    for balance in set(BALANCES) - {"focal"}:
        assert recalls(balance, solved())[2] > without[2] + 0.2, balance


def test_oversampling_a_solver_is_weighting_it():
    models = []
    for balance in ("oversample", "weights"):
        data = clouds(balance=balance)
        models.append(on_colours(data))
        ktl.fine_tune(models[-1], data, solved(), verbose=0)
    for one, other in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_allclose(one, other)


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("balance", [None, *BALANCES])
def test_every_balance_has_a_loss_that_is_least_for_the_right_answer(balance, several):
    data = clouds(several, balance=balance)
    loss = default_loss(on_colours(data), data, 0.0)
    labels = data.train.labels[:40]
    right = np.asarray(labels if several else np.eye(3)[labels], "float32")
    sure = 0.98 * right + 0.01
    assert float(loss(labels, sure)) < float(loss(labels, 0.5 * sure + 0.2))
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert float(again(labels, sure)) == float(loss(labels, sure))


@pytest.mark.parametrize("balance", ["focal", "weights"])
def test_a_loss_of_ones_own_excludes_a_balancing_one(balance):
    data = clouds(balance=balance)
    with pytest.raises(ValueError, match=r"`loss` must be left out.*balance='oversample'"):
        ktl.fine_tune(on_colours(data), data, "linear-probe", loss="mse", verbose=0)


def test_a_saved_model_with_a_balancing_loss_loads_and_scores(tmp_path):
    data = clouds(balance="logit-adjustment")
    model = on_colours(data)
    ktl.fine_tune(model, data, "linear-probe", epochs=1, verbose=0, run_dir=tmp_path / "run")
    again = ktl.load_classifier(tmp_path / "run")
    images = data.test.images()
    np.testing.assert_array_equal(again.predict(images), model.predict(images))


def test_accuracy_of_mixed_labels_is_that_of_the_larger_share():
    found = np.array([[0.2, 0.8], [0.9, 0.1], [0.6, 0.4]], "float32")
    metric = MixedAccuracy()
    assert float(metric(np.array([1, 1, 0]), found)) == pytest.approx(2 / 3)
    metric.reset_state()
    shares = np.array([[0.3, 0.7], [0.4, 0.6], [1, 0]], "float32")
    assert float(metric(shares, found)) == pytest.approx(2 / 3)
    again = keras.metrics.deserialize(keras.metrics.serialize(metric))
    assert again.name == "accuracy"
