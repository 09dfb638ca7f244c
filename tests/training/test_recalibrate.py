import keras
import numpy as np

import keras_tl as ktl
from keras_tl.structure import graph
from keras_tl.structure.kinds import batch_norms
from keras_tl.training.recalibrate import recalibrate

PLAN = ktl.Plan(batch_norm="recalibrate")


def norms(model):
    return [norm for stage in ktl.chain(model) for x in stage.layers for norm in batch_norms(x)]


def test_moments_are_the_mean_over_batches(model, data):
    """Oracle: numpy on what goes into the first BatchNorm."""
    recalibrate(PLAN, model, data.train)
    first = norms(model)[0]
    call = next(call for call in graph.calls(model) if call.operation is first)
    before = keras.Model(model.inputs[0], call.inputs[0])
    batches = [np.asarray(before(images)) for images, _ in data.train.in_order()]
    mean = np.mean([batch.mean(axis=(0, 1, 2)) for batch in batches], axis=0)
    variance = np.mean([batch.var(axis=(0, 1, 2)) for batch in batches], axis=0)
    np.testing.assert_allclose(first.moving_mean, mean, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(first.moving_variance, variance, rtol=1e-4, atol=1e-6)


def test_frozen_stages_keep_their_moments(model, data, weights_of):
    before = weights_of(model)
    recalibrate(ktl.Plan.freeze_to(1, batch_norm="recalibrate"), model, data.train)
    moved = {path for path, value in weights_of(model).items() if (value != before[path]).any()}
    frozen = {w.path for layer in ktl.chain(model)[0].layers for w in layer.weights}
    assert moved
    assert not moved & frozen
    assert all("moving" in path for path in moved)


def test_layers_are_left_as_they_were(model, data):
    before = [(norm.momentum, norm.trainable) for norm in norms(model)]
    recalibrate(PLAN, model, data.train)
    assert [(norm.momentum, norm.trainable) for norm in norms(model)] == before


def test_a_phase_can_ask_for_it(model, data, weights_of):
    before = weights_of(model)
    ktl.fine_tune(model, data, ktl.Recipe("one", (ktl.Phase("all", PLAN, 1, 1e-4),)), verbose=0)
    moved = {path for path, value in weights_of(model).items() if (value != before[path]).any()}
    moments = {w.path for norm in norms(model) for w in norm.non_trainable_weights[-2:]}
    assert moments <= moved
