import keras
import pytest

import keras_tl as ktl
from keras_tl.training.proof import FrozenMovedError, ProofOfFreeze


def test_a_frozen_weight_that_moves_is_named(model):
    frozen = ktl.chain(model)[0].layers[2]
    proof = ProofOfFreeze(ktl.Plan.freeze_to(-1), model)
    with pytest.raises(FrozenMovedError, match=frozen.name), proof:
        frozen.weights[0].assign(frozen.weights[0] + 1e-7)


def test_moments_are_frozen_too(model):
    norm = next(x for x in model.layers if isinstance(x, keras.layers.BatchNormalization))
    proof = ProofOfFreeze(ktl.Plan.freeze_to(0), model)
    with pytest.raises(FrozenMovedError, match=norm.name), proof:
        norm.moving_mean.assign(norm.moving_mean + 1e-7)


def test_what_trains_may_move(model):
    head = ktl.chain(model)[-1].layers[1]
    with ProofOfFreeze(ktl.Plan.freeze_to(-1), model):
        head.weights[0].assign(head.weights[0] + 1.0)


def test_an_error_inside_is_not_hidden(model):
    def fail():
        model.layers[3].set_weights([w + 1 for w in model.layers[3].get_weights()])
        raise KeyError

    proof = ProofOfFreeze(ktl.Plan.freeze_to(-1), model)
    with pytest.raises(KeyError), proof:
        fail()


def test_a_callback_that_unfreezes_stops_the_run(model, data):
    def meddle(epoch, logs):
        first = ktl.chain(model)[0].layers[2]
        first.weights[0].assign(first.weights[0] + 1.0)

    callback = keras.callbacks.LambdaCallback(on_epoch_end=meddle)
    with pytest.raises(FrozenMovedError, match="Frozen layers have changed"):
        ktl.fine_tune(model, data, "linear-probe", epochs=1, callbacks=[callback], verbose=0)
