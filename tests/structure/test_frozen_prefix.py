"""The frozen prefix against what really does not move, and prefix and suffix as an identity."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_tl as ktl
from keras_tl.structure.freezing import apply
from keras_tl.structure.frozen_prefix import (
    prefix,
    still_boundaries,
    still_boundaries_by_flags,
    suffix,
)

PLANS = {
    "all": ktl.Plan(),
    "head": ktl.Plan.freeze_to(-1),
    "from stage2 on": ktl.Plan.freeze_to(1),
    "a block": ktl.Plan.freeze_to(-2, granularity="block"),
    "moments of the last stage": ktl.Plan.freeze_to(-2, batch_norm="train"),
    "affine": ktl.Plan.freeze_to(-2, batch_norm="affine"),
    "recalibrate": ktl.Plan.freeze_to(-2, batch_norm="recalibrate"),
    "surgical": ktl.Plan((ktl.Selection(-2, -1),)),
    "biases": ktl.Plan.only("bias"),
}


def blocks(model):
    return [stage.boundary for stage in ktl.chain(model, "block")]


def outputs(model, images, training):
    """What comes out at the end of each block."""
    flat = ktl.chain(model, "block").model
    ends = [list(end.tensors) for end in blocks(model)]
    found = keras.Model(flat.inputs[0], ends)(images, training=training)
    return [[np.array(tensor) for tensor in tensors] for tensors in found]


def really_still(plan, model, images):
    """Oracle: how many blocks give the same in training, twice, and after what trains has moved.

    Moments move by themselves when the model runs in training mode.
    """
    trained = apply(plan, model)
    moving = plan.assign(model).trained_ids()
    seen = [outputs(trained, images, True), outputs(trained, images, True)]
    generator = np.random.default_rng(0)
    for weight in trained.weights:
        if id(weight) in moving:
            weight.assign(weight + generator.normal(size=weight.shape))
    seen.append(outputs(trained, images, True))
    same = [
        all(np.array_equal(*pair) for other in seen[1:] for pair in zip(one, other[i], strict=True))
        for i, one in enumerate(seen[0])
    ]
    return same.index(False)


@pytest.mark.parametrize("plan", PLANS)
def test_what_is_found_is_what_does_not_move(make_tiny, pictures, plan):
    model = make_tiny("residual")
    ends = [end.shapes for end in blocks(model)]
    found = still_boundaries(PLANS[plan], model)
    expected = ends[: really_still(PLANS[plan], model, pictures[0])]
    assert [end.shapes for end in found] == expected


@pytest.mark.parametrize("plan", ["head", "moments of the last stage"])
def test_what_is_found_does_not_move_on_every_graph(tiny, pictures, plan):
    plan = PLANS[plan]
    found = still_boundaries(plan, tiny)
    assert {end.position for end in found} <= {end.position for end in blocks(tiny)}
    assert len(found) == really_still(plan, tiny, pictures[0])


@pytest.mark.parametrize("depth", range(3))
def test_as_many_stages_as_are_frozen(make_tiny, depth):
    model = make_tiny("residual")
    stages = [stage.boundary.position for stage in ktl.chain(model)]
    found = [end.position for end in still_boundaries(ktl.Plan.freeze_to(depth), model)]
    assert found == sorted(found)
    assert set(found) & set(stages) == set(stages[:depth])


@pytest.mark.parametrize(("name", "kind"), [("pre_activation", "bias"), ("plain", "norm")])
def test_nothing_lies_before_the_first_bias_or_norm(make_tiny, name, kind):
    model = make_tiny(name)
    assert still_boundaries(ktl.Plan.only(kind), model) == []
    assert still_boundaries(ktl.Plan.freeze_to(-1), model)


def test_surgery_leaves_what_lies_before_it(make_tiny):
    model = make_tiny("residual")
    first = ktl.chain(model)[0].boundary
    assert still_boundaries(ktl.Plan.surgical("stage2", "head"), model)[-1] == first
    assert still_boundaries(ktl.Plan.surgical("stage1", "stage2"), model) == []


def test_the_ends_that_a_plan_names_are_among_them(make_tiny):
    """Also such as end no block of ours."""
    model = make_tiny("plain")
    name = next(layer.name for layer in model.layers if isinstance(layer, layers.MaxPooling2D))
    plan = ktl.Plan.freeze_to(1, granularity=(name,))
    (own, *_) = ktl.chain(model, (name,))
    assert still_boundaries(plan, model)[-1] == own.boundary


def test_live_dropout_in_a_trained_stage_ends_the_prefix(pictures):
    """Only the last layer of a stage trains, but its dropout is live; frozen, it is not."""
    images = keras.Input((16, 16, 3))
    x = layers.MaxPooling2D(name="cut")(layers.Conv2D(4, 3, padding="same")(images))
    x = layers.Conv2D(4, 3, padding="same", name="before")(x)
    x = layers.Conv2D(4, 3, padding="same", name="after")(layers.Dropout(0.5)(x))
    x = layers.Conv2D(4, 3, padding="same", name="last")(x)
    model = keras.Model(images, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))
    trained = ktl.Plan((ktl.Selection(layers="last"),), granularity=("cut",))
    frozen = ktl.Plan.freeze_to(-1, granularity=("cut",))
    positions = {layer.name: i for i, layer in enumerate(model.layers)}
    found = still_boundaries(trained, model)
    assert positions["cut"] <= found[-1].position <= positions["before"]
    is_block = [end for end in blocks(model) if end.position <= found[-1].position]
    assert len(is_block) == really_still(trained, model, pictures[0])
    assert still_boundaries(frozen, model)[-1].position >= positions["last"]


@pytest.mark.parametrize("plan", PLANS)
def test_flags_say_the_same_of_the_model_that_freezing_gives(make_tiny, plan):
    model = make_tiny("residual")
    expected = [end.shapes for end in still_boundaries(PLANS[plan], model)]
    found = still_boundaries_by_flags(apply(PLANS[plan], model))
    assert [end.shapes for end in found] == expected


def test_by_flags_live_dropout_and_moving_moments_end_the_prefix(make_tiny):
    """Keras's own flags, without `freeze`: dropout of a frozen part is live."""
    model = make_tiny("residual")
    for layer in model.layers:
        layer.trainable = not isinstance(layer, (layers.Conv2D, layers.BatchNormalization))
    (first, *others) = still_boundaries_by_flags(model)
    assert first == blocks(model)[0]
    assert not others
    norm = model.layers[3]
    norm.trainable = True
    norm.gamma.trainable = norm.beta.trainable = False
    assert not norm.trainable_weights
    assert still_boundaries_by_flags(model) == []


def test_prefix_and_suffix_join_to_the_model(tiny, pictures):
    """At every boundary of either granularity, bitwise."""
    images, _ = pictures
    expected = np.array(tiny(images, training=False))
    ends = {stage.boundary.position: stage.boundary for stage in ktl.chain(tiny)}
    ends |= {end.position: end for end in blocks(tiny)}
    for _, end in sorted(ends.items())[:-1]:
        between = prefix(tiny, [end])(images, training=False)
        np.testing.assert_array_equal(suffix(tiny, end)(between, training=False), expected)


def test_several_boundaries_in_one_prefix_give_each_tensor(tiny, pictures):
    images, _ = pictures
    ends = blocks(tiny)[:-1]
    found = keras.tree.flatten(prefix(tiny, ends)(images, training=False))
    assert len(found) == sum(len(end.tensors) for end in ends)
    for end in ends:
        alone = keras.tree.flatten(prefix(tiny, [end])(images, training=False))
        assert [tensor.shape[1:] for tensor in alone] == list(end.shapes)
        for tensor in alone:
            np.testing.assert_array_equal(tensor, found.pop(0))


def test_the_order_of_boundaries_is_that_of_the_outputs(make_tiny, pictures):
    model = make_tiny("residual")
    first, second, *_ = blocks(model)
    images, _ = pictures
    one = prefix(model, [first, second])(images, training=False)
    other = prefix(model, [second, first])(images, training=False)
    for a, b in zip(one, reversed(other), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_prefix_is_built_once(make_tiny):
    model = make_tiny("residual")
    end = blocks(model)[1]
    assert prefix(model, [end]) is prefix(model, [end])


def test_the_prefix_is_deterministic_in_training_too(tiny, pictures):
    images, _ = pictures
    ktl.freeze(tiny, -1)
    end = still_boundaries(ktl.Plan.freeze_to(-1), tiny)[-1]
    before = prefix(tiny, [end])
    for a, b in zip(
        keras.tree.flatten(before(images, training=True)),
        keras.tree.flatten(before(images, training=False)),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


def test_the_suffix_trains_the_layers_of_the_model(make_tiny, pictures):
    """Their dropout is live, that of stages which the plan freezes is not."""
    model = make_tiny("residual")
    images, _ = pictures
    first = ktl.chain(model)[0].boundary
    between = prefix(model, [first])(images, training=False)
    for depth, is_random in ((1, True), (-1, False)):
        plan = ktl.Plan.freeze_to(depth)
        apply(plan, model)
        after = suffix(model, first, plan)
        one, other = (np.array(after(between, training=True)) for _ in range(2))
        assert np.array_equal(one, other) != is_random
        assert [id(w) for w in after.trainable_variables] == [
            id(w) for w in model.trainable_variables
        ]
