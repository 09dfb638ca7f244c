"""The temperature stays with the model: in files, copies and what it has traced."""

import keras
import numpy as np
import pytest
from scipy.special import expit, softmax

import keras_tl as ktl
from keras_tl.models.heads import ClassProbabilities
from keras_tl.models.temperature import logits_model, set_temperature, temperature

IMAGES = np.random.default_rng(0).uniform(0, 255, (4, 16, 16, 3)).astype("float32")
BY_SCIPY = {False: lambda logits: softmax(logits, axis=1), True: expit}


@pytest.mark.parametrize("multi_label", [False, True])
@pytest.mark.parametrize("value", [0.05, 1.0, 3.0])
def test_probabilities_are_those_of_logits_over_temperature(make_model, multi_label, value):
    model = make_model(multi_label=multi_label)
    logits = logits_model(model).predict(IMAGES, verbose=0)
    set_temperature(model, value)
    expected = BY_SCIPY[multi_label](logits / value)
    np.testing.assert_allclose(model.predict(IMAGES, verbose=0), expected, atol=1e-6)
    np.testing.assert_array_equal(logits_model(model).predict(IMAGES, verbose=0), logits)


def test_a_temperature_of_one_changes_no_bit(make_model):
    model = make_model()
    before = model.predict(IMAGES, verbose=0)
    set_temperature(model, 2.0)
    assert not np.array_equal(model.predict(IMAGES, verbose=0), before)
    set_temperature(model, 1.0)
    np.testing.assert_array_equal(model.predict(IMAGES, verbose=0), before)


def test_what_was_traced_before_is_traced_anew(make_model):
    model = make_model()
    model.compile("sgd", "sparse_categorical_crossentropy")
    batch = IMAGES, np.arange(4) % 3
    before = model.predict_on_batch(IMAGES), model.test_on_batch(*batch)
    set_temperature(model, 10.0)
    after = model.predict_on_batch(IMAGES), model.test_on_batch(*batch)
    np.testing.assert_array_equal(after[0], np.asarray(model(IMAGES)))
    assert not np.array_equal(before[0], after[0])
    assert before[1] != after[1]
    assert np.isfinite(model.train_on_batch(*batch))


def test_it_is_in_the_file_of_the_model(make_model, tmp_path):
    model = make_model()
    set_temperature(model, 2.5)
    model.save(tmp_path / "model.keras")
    again = ktl.load_classifier(tmp_path / "model.keras")
    assert temperature(again) == 2.5
    np.testing.assert_array_equal(
        again.predict(IMAGES, verbose=0), model.predict(IMAGES, verbose=0)
    )


def test_a_model_of_before_there_were_temperatures_has_one_of_one():
    config = ClassProbabilities(["a", "b"]).get_config()
    del config["temperature"]
    assert ClassProbabilities.from_config(config).temperature == 1.0


def test_a_model_that_freeze_returned_has_the_same(make_model):
    model = make_model()
    set_temperature(model, 4.0)
    frozen = ktl.freeze(model, -1)
    assert temperature(frozen) == 4.0
    np.testing.assert_allclose(
        logits_model(frozen).predict(IMAGES, verbose=0),
        logits_model(model).predict(IMAGES, verbose=0),
        rtol=1e-6,
    )


def test_a_solver_finds_the_same_probabilities_at_any_temperature(make_model, data):
    found = []
    for value in (1.0, 3.0):
        model = make_model()
        set_temperature(model, value)
        ktl.fine_tune(model, data, "feature-extraction", verbose=0)
        assert temperature(model) == value
        found.append(model.predict(IMAGES, verbose=0))
    np.testing.assert_allclose(*found, atol=1e-5)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), 1e9])
def test_others_than_positive_numbers_are_refused(value):
    with pytest.raises(ValueError, match="`temperature` must be between"):
        ClassProbabilities(["a", "b"], temperature=value)


def test_a_model_that_is_no_classifier_is_named():
    inputs = keras.Input((4,))
    with pytest.raises(ValueError, match="`model` must be a classifier"):
        temperature(keras.Model(inputs, keras.layers.Dense(2)(inputs)))
