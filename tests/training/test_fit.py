import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.structure.frozen_prefix import still_boundaries_by_flags
from keras_tl.structure.graph import random_states


def compiled(model):
    optimizer, loss = keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy"
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


def frozen(make_tiny, name="residual", depth=-1):
    return ktl.freeze(make_tiny(name), depth)


def fitted(model, data, **options):
    """Fits from the present weights; returns weights and history and puts the weights back."""
    for state in random_states(model):
        state.assign([1, 2])
    start = model.get_weights()
    history = ktl.fit(compiled(model), data, **{"epochs": 3, "verbose": 0, **options})
    trained = model.get_weights()
    model.set_weights(start)
    return trained, history.history


def require_equal(one, other):
    assert one[1] == other[1]
    for a, b in zip(one[0], other[0], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("depth", [-1, "stage2"])
def test_cached_equals_uncached(make_tiny, data, depth, capsys):
    model = frozen(make_tiny, depth=depth)
    options = {"validation_data": data.validation}
    cached = fitted(model, data.train, cache=True, **options)
    require_equal(cached, fitted(model, data.train, cache=False, **options))
    assert any((a != b).any() for a, b in zip(model.get_weights(), cached[0], strict=True))
    assert {"loss", "accuracy", "val_loss"} <= set(cached[1])


def test_it_is_what_keras_does(make_tiny, pictures):
    """Oracle: `model.fit` on one batch an epoch, where order does not matter."""
    model = frozen(make_tiny)
    ours = fitted(model, pictures, cache=True, batch_size=12)
    compiled(model).fit(*pictures, epochs=3, batch_size=12, verbose=0)
    for a, b in zip(ours[0], model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.slow
def test_any_functional_model(tiny, pictures):
    """Frozen by hand, with live dropout somewhere: nothing that is random is stored."""
    for layer in tiny.layers[:-1]:
        layer.trainable = False
    cached = fitted(tiny, pictures, cache=True)
    require_equal(cached, fitted(tiny, pictures, cache=False))
    before, after = tiny.get_weights(), cached[0]
    changed = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if (a != b).any()]
    assert changed == [len(before) - 2, len(before) - 1]


def test_what_a_mask_hides_does_not_train(pictures):
    """A container frozen around a trainable layer: Keras does not train it, so we do not."""
    inputs = keras.Input((16, 16, 3))
    inner = keras.Sequential([keras.layers.Conv2D(4, 3), keras.layers.Conv2D(4, 3)])
    pooled = keras.layers.GlobalAveragePooling2D()(inner(inputs))
    model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(pooled))
    inner.trainable = False
    inner.layers[1].trainable = True
    cached = fitted(model, pictures, cache=True)
    require_equal(cached, fitted(model, pictures, cache=False))


def test_another_data_set_is_cached_only_when_asked(make_tiny, pictures, capsys):
    import tensorflow as tf

    model = frozen(make_tiny)
    batches = tf.data.Dataset.from_tensor_slices(pictures).batch(12)
    auto = fitted(model, batches, verbose=2)
    assert "Cache" not in capsys.readouterr().out
    asked = fitted(model, batches, cache=True, validation_data=batches, verbose=2)
    assert "Cache: features in front of head" in capsys.readouterr().out
    for a, b in zip(auto[0], asked[0], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_another_data_set_begins_where_one_tensor_separates(make_tiny, pictures):
    import tensorflow as tf

    model = ktl.freeze(make_tiny("two_tensor"), 0.5, granularity="block")
    pairs = [len(b.tensors) for b in still_boundaries_by_flags(model)]
    assert pairs[-1] == 2
    batches = tf.data.Dataset.from_tensor_slices(pictures).batch(12)
    asked, plain = (fitted(model, batches, cache=cache) for cache in (True, False))
    for a, b in zip(asked[0], plain[0], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_averages_of_the_optimizer(make_tiny, pictures):
    model = frozen(make_tiny)
    found = []
    for cache in (True, False):
        start = model.get_weights()
        averaging = keras.optimizers.Adam(0.1, use_ema=True, ema_momentum=0.5)
        model.compile(averaging, "sparse_categorical_crossentropy")
        swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
        options = {"validation_data": pictures, "callbacks": [swap], "verbose": 0}
        history = ktl.fit(model, pictures, epochs=3, cache=cache, **options)
        found.append((model.get_weights(), history.history))
        model.set_weights(start)
    require_equal(*found)


def test_keras_options_pass_through(make_tiny, pictures):
    model = frozen(make_tiny)
    plain = fitted(model, pictures, cache=True)
    weighted = fitted(model, pictures, cache=True, class_weight={0: 9.0, 1: 1.0, 2: 1.0})
    assert plain[1]["loss"] != weighted[1]["loss"]


def test_a_model_that_is_not_compiled(make_tiny, pictures):
    with pytest.raises(ValueError, match="`model` must be compiled"):
        ktl.fit(frozen(make_tiny), pictures)


@pytest.mark.parametrize("change", [{"augment": "light"}, {"mix": "mixup"}])
def test_new_images_each_epoch_are_never_stored(make_tiny, arrays, change, capsys):
    model = frozen(make_tiny)
    split = ktl.load_data(arrays, image_size=16, batch_size=8, **change).train
    model.compile("sgd", "mse" if split.has_soft_labels else "sparse_categorical_crossentropy")
    history = ktl.fit(model, split, epochs=2, cache=True, verbose=2)
    assert len(history.history["loss"]) == 2
    assert "makes new images each epoch" in capsys.readouterr().out
