"""Keras's own callbacks on a phase that trains from features do what they do on the whole model."""

import keras
import numpy as np
import pytest

import keras_tl as ktl

NAMES = ["ant", "bee", "cat"]
HEAD = ktl.Plan.freeze_to(-1)


def train(model, data, callback, cache, **options):
    start = model.get_weights()
    phase = ktl.Phase("head", HEAD, **{"epochs": 4, "learning_rate": 0.1, **options})
    recipe = ktl.Recipe("probe", (phase,))
    result = ktl.fine_tune(model, data, recipe, cache=cache, callbacks=[callback], verbose=0)
    trained = model.get_weights()
    model.set_weights(start)
    return trained, result.history


def require_the_same(model, data, make, **options):
    """Trains from features and through the whole model and returns the callback of the former."""
    callback = make()
    cached = train(model, data, callback, True, **options)
    whole = train(model, data, make(), False, **options)
    assert cached[1] == whole[1]
    for one, other in zip(cached[0], whole[0], strict=True):
        np.testing.assert_array_equal(one, other)
    return callback, cached[1]


def test_early_stopping_stops_and_restores(model, data):
    def make():
        return keras.callbacks.EarlyStopping("loss", min_delta=10.0, restore_best_weights=True)

    callback, history = require_the_same(model, data, make, restore_best=False)
    assert len(history) == 2
    assert callback.stopped_epoch == 1


@pytest.mark.slow
def test_stopping_in_the_middle_of_an_epoch(model, data):
    class Stop(keras.callbacks.Callback):
        batches = 0

        def on_train_batch_end(self, batch, logs=None):
            self.batches += 1
            self.model.stop_training = True

    callback, _ = require_the_same(model, data, Stop)
    assert callback.batches == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda: keras.callbacks.ReduceLROnPlateau("loss", factor=0.1, patience=1, min_delta=10.0),
        lambda: keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 / (epoch + 1)),
    ],
    ids=["plateau", "scheduler"],
)
def test_rates_that_callbacks_set(model, data, make):
    _, history = require_the_same(model, data, make)
    assert history[-1]["learning_rate"] < 0.06


@pytest.mark.slow
def test_model_checkpoint_writes_the_whole_model(model, data, tmp_path):
    def make():
        return keras.callbacks.ModelCheckpoint(tmp_path / "epoch{epoch}.keras")

    _, history = require_the_same(model, data, make, restore_best=False)
    saved = ktl.load_classifier(tmp_path / "epoch4.keras")
    assert ktl.evaluate(saved, data.validation).log_loss == pytest.approx(
        history[-1]["val_loss"], rel=1e-4
    )


def test_averages_are_swapped_in(model, data):
    require_the_same(model, data, keras.callbacks.Callback, ema=0.9)


@pytest.mark.slow
def test_callbacks_see_weights_and_predictions_of_the_whole_model(model, data):
    class Look(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.seen = []

        def on_epoch_end(self, epoch, logs=None):
            found = self.model.evaluate(data.validation, verbose=0, return_dict=True)
            self.seen.append((found["loss"], logs["val_loss"], self.model.count_params()))

    callback, _ = require_the_same(model, data, Look)
    for of_whole, of_features, parameters in callback.seen:
        assert of_whole == pytest.approx(of_features, rel=1e-5)
        assert parameters == model.count_params()


@pytest.mark.slow
def test_weights_that_a_callback_sets_are_trained_from(model, data):
    class Reset(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            head = self.model.layers[-2]
            head.set_weights([np.zeros_like(weight) for weight in head.get_weights()])

    require_the_same(model, data, Reset, restore_best=False)
