import pytest

import keras_tl as ktl
from keras_tl.structure.freezing import apply


def test_rates_are_in_the_order_of_the_trainable_variables(make_tiny):
    model = make_tiny("nested")
    plan = ktl.Plan.layer_decay(0.5)
    trained = apply(plan, model)
    by_stage = {
        id(weight): 0.5 ** (2 - i)
        for i, stage in enumerate(ktl.chain(model))
        for layer in stage.layers
        for weight in layer.weights
    }
    expected = [by_stage[id(weight)] for weight in trained.trainable_variables]
    assert plan.assign(model).rates(trained) == expected


@pytest.mark.parametrize(
    "plan",
    [
        ktl.Plan.freeze_to(-1),
        ktl.Plan.freeze_to(1),
        ktl.Plan.freeze_to(0, batch_norm="train"),
        ktl.Plan.only("bias"),
        ktl.Plan.only("norm"),
    ],
)
@pytest.mark.parametrize("kind", ["residual", "nested", "two_tensor"])
def test_every_weight_trains_or_stays_or_is_a_moment_that_moves(make_tiny, plan, kind):
    model = make_tiny(kind)
    assignment = plan.assign(model)
    trained, frozen = assignment.trained_ids(), assignment.frozen_ids()
    moving = {id(model.weights[i]) for i in assignment.moving_positions(model)}
    assert trained
    assert not moving & frozen
    assert moving | frozen == set(map(id, model.weights))
    assert trained <= moving
    if plan.batch_norm != "train":
        assert moving == trained


def test_moments_that_are_estimated_anew_may_move_but_not_while_the_phase_trains(make_tiny):
    model = make_tiny("residual")
    renewed = ktl.Plan.freeze_to(1, batch_norm="recalibrate").assign(model)
    kept = ktl.Plan.freeze_to(1).assign(model)
    assert renewed.frozen_ids() == kept.frozen_ids()
    more = set(renewed.moving_positions(model)) - set(kept.moving_positions(model))
    names = {model.weights[i].name for i in more}
    assert names == {"gamma", "beta", "moving_mean", "moving_variance"}
    first = {id(w) for layer in ktl.chain(model)[0].layers for w in layer.weights}
    assert not any(id(model.weights[i]) in first for i in more)


def test_trained_stages_are_named_in_order(make_tiny):
    model = make_tiny("residual")
    assert ktl.Plan.freeze_to(1).assign(model).trained_stages() == ("stage2", "head")
    assert ktl.Plan.surgical(0, 1).assign(model).trained_stages() == ("stage1", "head")


def test_frozen_weights_are_listed_by_layer(make_tiny):
    model = make_tiny("residual")
    assignment = ktl.Plan.freeze_to(-1).assign(model)
    listed = assignment.frozen_weights()
    backbone = [layer.name for stage in ktl.chain(model)[:-1] for layer in stage.layers]
    assert [name for name in backbone if listed[name]] == [n for n in listed if listed[n]]
