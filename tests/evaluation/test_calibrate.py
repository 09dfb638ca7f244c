"""The temperature by SciPy's root finder on the derivative of the log loss, a closed condition."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit, softmax

import keras_tl as ktl
from keras_tl.evaluation.analysing.calibration import calibration
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.models.temperature import logits_model, set_temperature, temperature

CLASSES = ["ant", "bee", "cat"]


def pictures(strength):
    """Noise in which the colour of the class is a little stronger: some are beyond telling."""
    generator = np.random.default_rng(0)
    images = generator.normal(110, 25, (len(strength), 16, 16, 3)) + strength[:, None, None, :]
    return np.clip(images, 0, 255).astype("uint8")


@pytest.fixture(scope="module")
def trained(make_model):
    """Data that cannot all be told apart, and a model that is too sure of itself, of each kind."""
    numbers = np.arange(150) % 3
    several = np.random.default_rng(1).integers(0, 2, (150, 3))
    kinds = {False: (numbers, np.eye(3)[numbers] * 10), True: (several, several * 20)}
    found = {}
    for multi_label, (labels, strength) in kinds.items():
        given = (pictures(strength), labels)
        data = ktl.load_data(
            given, image_size=16, class_names=CLASSES, validation=0.4, batch_size=8
        )
        found[multi_label] = data, too_sure(make_model(multi_label=multi_label), data)
    return found


@pytest.fixture
def hard(trained):
    return trained[False][0], uncalibrated(trained[False][1])


@pytest.fixture
def several(trained):
    return trained[True][0], uncalibrated(trained[True][1])


def uncalibrated(model):
    set_temperature(model, 1.0)
    return model


def too_sure(model, data):
    ktl.fine_tune(model, data, ktl.recipe("full", epochs=10, learning_rate=0.01), verbose=0)
    dense = model.get_layer("head_logits")
    dense.set_weights([8 * weight for weight in dense.get_weights()])
    return model


def best_scale(slope):
    return brentq(slope, 1e-3, 1e3, xtol=1e-12)


def test_the_temperature_is_where_the_log_loss_is_level(hard):
    data, model = hard
    logits = logits_model(model).predict(data.validation.images(), verbose=0).astype("float64")
    labels = data.validation.labels

    def slope(scale):
        found = softmax(scale * logits, axis=1)
        return np.mean((found * logits).sum(axis=1) - logits[np.arange(len(labels)), labels])

    found = ktl.calibrate(model, data)
    assert found.temperature == pytest.approx(1 / best_scale(slope), rel=1e-3)
    assert found.temperature > 2
    assert temperature(model) == found.temperature


def test_of_several_labels_too(several):
    data, model = several
    logits = logits_model(model).predict(data.validation.images(), verbose=0).astype("float64")

    def slope(scale):
        return np.mean((expit(scale * logits) - data.validation.labels) * logits)

    found = ktl.calibrate(model, data)
    assert found.temperature == pytest.approx(1 / best_scale(slope), rel=1e-3)
    assert found.log_loss < found.log_loss_before


@pytest.mark.parametrize("case", ["hard", "several"])
def test_labels_stay_and_the_log_loss_falls(case, request):
    data, model = request.getfixturevalue(case)
    before = ktl.predict(model, data.test), ktl.evaluate(model, data.validation)
    found = ktl.calibrate(model, data)
    after = ktl.predict(model, data.test), ktl.evaluate(model, data.validation)
    assert after[0].labels == before[0].labels
    assert not np.array_equal(after[0].probabilities, before[0].probabilities)
    np.testing.assert_array_equal(after[1].confusion, before[1].confusion)
    assert after[1].accuracy == before[1].accuracy
    assert found.log_loss_before == pytest.approx(before[1].log_loss, rel=1e-5)
    assert found.log_loss == pytest.approx(after[1].log_loss, rel=1e-5)
    assert found.log_loss < found.log_loss_before
    assert found.examples == data.validation.size


def test_the_calibration_error_is_that_of_the_model_before_and_after(hard):
    data, model = hard
    split = data.validation

    def measured():
        found = ktl.predict(model, split).probabilities
        return calibration(ScoredSplit(split.names(), split.labels, found, CLASSES)).ece

    before, found = measured(), ktl.calibrate(model, data)
    assert (found.ece_before, found.ece) == pytest.approx((before, measured()), abs=1e-6)
    assert found.ece < found.ece_before
    assert "No label has changed" in str(found)


def test_again_it_finds_the_same_and_from_anywhere(hard):
    data, model = hard
    first = ktl.calibrate(model, data)
    again = ktl.calibrate(model, data.validation)
    assert again.temperature_before == first.temperature
    assert again.temperature == pytest.approx(first.temperature, rel=1e-3)
    assert again.log_loss <= first.log_loss
    set_temperature(model, 0.5)
    assert ktl.calibrate(model, data).temperature == pytest.approx(first.temperature, rel=1e-3)


def test_a_temperature_that_would_change_a_label_is_not_taken(trained, make_model):
    """At a temperature of 100 two classes come to be equal, and the first of them is decided."""
    data, model = trained[False][0], make_model()
    dense = model.get_layer("head_logits")
    dense.set_weights([np.zeros(dense.kernel.shape), np.array([0.0, 1e-6, -1.0])])
    assert set(ktl.predict(model, data.validation).labels) == {"bee"}
    found = ktl.calibrate(model, data)
    assert found.temperature == temperature(model) == 1.0
    assert found.log_loss == found.log_loss_before
    assert set(ktl.predict(model, data.validation).labels) == {"bee"}
    set_temperature(model, 100.0)
    assert set(ktl.predict(model, data.validation).labels) == {"ant"}


def test_weights_are_left_alone(hard):
    data, model = hard
    before = model.get_weights()
    ktl.calibrate(model, data)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_without_a_mistake_no_temperature_is_the_best(hard):
    data, model = hard
    decided = ktl.predict(model, data.validation).probabilities.argmax(axis=1)
    right = np.flatnonzero(decided == data.validation.labels)
    with pytest.raises(ValueError, match="`data` must hold images in which the model is wrong"):
        ktl.calibrate(model, data.validation.with_images_of(data.validation, right))
    assert temperature(model) == 1.0


def test_an_empty_split_is_named(hard):
    data, model = hard
    with pytest.raises(ValueError, match="`split` must have images"):
        ktl.calibrate(model, data.test.with_images_of(data.test, np.arange(0)))
