import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.structure.freezing import apply

DEPTHS = (0, 1, -1)


def fit(model, pictures, epochs=2):
    images, labels = pictures
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(images, labels, epochs=epochs, batch_size=4, verbose=0)


def changed(before, after):
    return {path for path in before if not np.array_equal(before[path], after[path])}


@pytest.mark.parametrize("depth", DEPTHS)
def test_frozen_bytes_do_not_move_and_the_rest_does(tiny, pictures, weights_of, depth):
    chain = ktl.chain(tiny)
    k = chain.index(depth)
    frozen = weights_of(*(layer for stage in chain[:k] for layer in stage.layers))
    free = [w for stage in chain[k:] for layer in stage.layers for w in layer.trainable_weights]
    trained = {w.path for w in free if "batch_normalization" not in w.path}
    before = weights_of(tiny)
    fit(ktl.freeze(tiny, depth), pictures)
    moved = changed(before, weights_of(tiny))
    assert not moved & set(frozen)
    assert trained <= moved


@pytest.mark.parametrize("depth", DEPTHS)
def test_batch_norm_stays_frozen_everywhere_by_default(tiny, pictures, weights_of, depth):
    before = weights_of(tiny)
    fit(ktl.freeze(tiny, depth), pictures)
    assert not any("batch_norm" in path for path in changed(before, weights_of(tiny)))


def test_batch_norm_of_trained_stages_trains_if_asked(make_tiny, pictures, weights_of):
    model = make_tiny("residual")
    chain = ktl.chain(model)
    before = weights_of(model)
    fit(ktl.freeze(model, 1, batch_norm="train"), pictures)
    moved = changed(before, weights_of(model))
    first = {w.path for layer in chain[0].layers for w in layer.weights}
    second = {w.path for layer in chain[1].layers for w in layer.weights}
    assert not moved & first
    assert second <= moved


@pytest.mark.parametrize("depth", DEPTHS[1:])
def test_frozen_stages_are_deterministic_in_training(tiny, pictures, depth):
    images, _ = pictures
    frozen = ktl.chain(ktl.freeze(tiny, depth))
    prefix, _ = frozen.split(depth)
    expected, _ = ktl.chain(tiny).split(depth)
    np.testing.assert_array_equal(
        keras.tree.flatten(prefix(images, training=True))[0],
        keras.tree.flatten(expected(images, training=False))[0],
    )


def test_trained_stages_keep_their_dropout(make_tiny, pictures):
    images, _ = pictures
    model = ktl.freeze(make_tiny("residual"), 1)
    one, two = model(images, training=True), model(images, training=True)
    assert not np.array_equal(one, two)


def test_the_same_holds_after_saving(make_tiny, pictures, weights_of, tmp_path):
    ktl.freeze(make_tiny("residual"), 1).save(tmp_path / "model.keras")
    model = keras.saving.load_model(tmp_path / "model.keras")
    chain = ktl.chain(model)
    frozen = [w.path for layer in chain[0].layers for w in layer.weights]
    before = weights_of(model)
    fit(ktl.freeze(model, 1), pictures)
    moved = changed(before, weights_of(model))
    assert moved
    assert not moved & set(frozen)


def test_freezing_deeper_and_shallower_again(make_tiny, pictures, weights_of):
    model = make_tiny("residual")
    ktl.freeze(model, -1)
    before = weights_of(model)
    fit(ktl.freeze(model, 0), pictures)
    assert any(path.startswith("conv2d") for path in changed(before, weights_of(model)))


def test_flags_of_containers_do_not_mask(make_tiny, pictures, weights_of):
    """`trainable = False` on a nested model hides what is set inside it (Keras)."""
    model = make_tiny("nested")
    model.get_layer("body").trainable = False
    before = weights_of(model)
    fit(ktl.freeze(model, 0), pictures)
    assert any("conv2d" in path for path in changed(before, weights_of(model)))


def test_returned_model_is_uncompiled_and_never_the_same_object(make_tiny, pictures):
    model = make_tiny("plain")
    fit(model, pictures, epochs=1)
    frozen = ktl.freeze(model, -1)
    assert frozen is not model
    assert not frozen.compiled


@pytest.mark.parametrize("kind", ["bias", "kernel"])
def test_only_the_named_kinds_train(make_tiny, pictures, weights_of, kind):
    model = make_tiny("pre_activation")
    before = weights_of(model)
    fit(apply(ktl.Plan((ktl.Selection(kinds=(kind,)),)), model), pictures)
    moved = changed(before, weights_of(model))
    assert moved
    assert all(path.endswith(kind) for path in moved)


def test_scale_and_shift_train_while_moments_stay(make_tiny, pictures, weights_of):
    model = make_tiny("residual")
    before = weights_of(model)
    fit(apply(ktl.Plan.only("norm"), model), pictures)
    moved = changed(before, weights_of(model))
    norms = {path for path in before if "batch_normalization" in path}
    assert {path for path in norms if path.endswith(("gamma", "beta"))} <= moved
    assert not {path for path in norms if "moving" in path} & moved
    assert not any(path.startswith("conv2d") for path in moved)


def test_only_the_layers_of_a_pattern_train(make_tiny, pictures, weights_of):
    model = make_tiny("shared_layer")
    before = weights_of(model)
    fit(apply(ktl.Plan((ktl.Selection(layers="again"),)), model), pictures)
    assert changed(before, weights_of(model)) == {"again/kernel", "again/bias"}


def test_open_image_size_stays_open(pictures):
    images, _ = pictures
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Dropout(0.5)(keras.layers.Conv2D(4, 3)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.GlobalMaxPooling2D()(x)))
    frozen = ktl.freeze(model, -1)
    assert frozen.input_shape == (None, None, None, 3)
    np.testing.assert_array_equal(frozen(images, training=True), model(images, training=False))


def test_recalibration_is_not_for_freeze(make_tiny):
    with pytest.raises(ValueError, match="`batch_norm` must be one of"):
        ktl.freeze(make_tiny("plain"), -1, batch_norm="recalibrate")
