import keras
import numpy as np
import pytest

from keras_tl.training.optimizers import (
    OPTIMIZERS,
    PER_VARIABLE_OPTIMIZERS,
    carry,
    make_optimizer,
    slots,
)

FACTORS = {"a": 0.1, "b": 0.5, "c": 1.0}
GENERATOR = np.random.default_rng(0)
INPUTS = GENERATOR.normal(size=(64, 4)).astype("float32")
TARGETS = GENERATOR.normal(size=(64, 2)).astype("float32")


def network():
    keras.utils.set_random_seed(1)
    inputs = keras.Input((4,))
    x = keras.layers.Dense(5, activation="tanh", name="a")(inputs)
    x = keras.layers.Dense(4, activation="tanh", name="b")(x)
    return keras.Model(inputs, keras.layers.Dense(2, name="c")(x))


def multipliers(model):
    return [FACTORS[weight.path[0]] for weight in model.trainable_variables]


def trained(optimizer, model=None, epochs=4, **options):
    model = network() if model is None else model
    model.compile(optimizer, "mse")
    model.fit(INPUTS, TARGETS, epochs=epochs, batch_size=16, verbose=0, shuffle=False, **options)
    return model


def ours(name, rate=0.01, **options):
    return PER_VARIABLE_OPTIMIZERS[name](rate, multipliers=multipliers(network()), **options)


def group(name, rate, **options):
    return OPTIMIZERS[name](rate, name=f"group_{rate}".replace(".", "_"), **options)


def keras_own(name, rate=0.01, **options):
    groups = {f"{key}/.*": group(name, rate * FACTORS[key], **options) for key in "ab"}
    default = group(name, rate, **options)
    return keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(default, groups))


def difference(one, two):
    pairs = zip(one.get_weights(), two.get_weights(), strict=True)
    return max(np.abs(a - b).max() for a, b in pairs)


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("sgd", {"momentum": 0.9}, 0.0),
        ("sgd", {"momentum": 0.9, "nesterov": True}, 0.0),
        ("sgd", {"weight_decay": 0.1}, 0.0),
        ("adam", {}, 0.0),
        ("adam", {"gradient_accumulation_steps": 3}, 0.0),
        ("adam", {"clipnorm": 0.1}, 0.0),
        ("adam", {"use_ema": True}, 0.0),
        ("adamw", {"weight_decay": 0.3}, 0.0),
        ("rmsprop", {}, 1e-7),
        ("lion", {}, 0.0),
    ],
)
def test_equal_to_keras_multi_optimizer(name, options, tolerance):
    one, two = trained(ours(name, **options)), trained(keras_own(name, **options))
    assert difference(one, two) <= tolerance
    assert difference(one, network()) > 1e-4


def test_global_norm_is_that_of_all_gradients():
    """Where MultiOptimizer clips each group by its own norm: one SGD step by hand."""
    model = network()
    start = model.get_weights()
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = keras.ops.mean((model(INPUTS) - TARGETS) ** 2)
    gradients = [g.numpy() for g in tape.gradient(loss, [w.value for w in model.weights])]
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    model.compile(ours("sgd", 0.1, global_clipnorm=0.01), "mse")
    model.train_on_batch(INPUTS, TARGETS)
    for before, after, gradient, factor in zip(
        start, model.get_weights(), gradients, multipliers(model), strict=True
    ):
        expected = before - 0.1 * factor * gradient * 0.01 / norm
        np.testing.assert_allclose(after, expected, atol=1e-7)


def test_excluded_variables_do_not_decay():
    optimizer = ours("sgd", 0.0, weight_decay=1.0)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    model = network()
    model.get_layer("a").bias.assign(np.ones(5))
    found = trained(optimizer, model, epochs=1)
    np.testing.assert_array_equal(found.get_layer("a").bias, np.ones(5))


def test_one_rate_that_can_be_read_and_set():
    optimizer = ours("adam", 0.01)
    optimizer.learning_rate = 0.5
    assert float(optimizer.learning_rate) == 0.5
    reduce = keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1, factor=0.1, min_delta=9)
    trained(optimizer, callbacks=[reduce])
    assert float(optimizer.learning_rate) < 0.1


def test_schedule_is_multiplied():
    schedule = keras.optimizers.schedules.CosineDecay(0.01, 16)
    one = trained(ours("sgd", schedule))
    groups = {
        f"{key}/.*": OPTIMIZERS["sgd"](
            keras.optimizers.schedules.CosineDecay(0.01 * FACTORS[key], 16), name=key
        )
        for key in "ab"
    }
    default = OPTIMIZERS["sgd"](schedule, name="c")
    two = trained(keras.optimizers.MultiOptimizer(keras.optimizers.OptimizerMap(default, groups)))
    assert difference(one, two) < 1e-7


@pytest.mark.parametrize("name", PER_VARIABLE_OPTIMIZERS)
def test_saved_model_goes_on_as_if_it_had_not_been_saved(name, tmp_path):
    straight = trained(ours(name), epochs=6)
    first = trained(ours(name), epochs=3)
    first.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.optimizer.get_config() == first.optimizer.get_config()
    loaded.fit(INPUTS, TARGETS, epochs=3, batch_size=16, verbose=0, shuffle=False)
    assert difference(straight, loaded) == 0.0


def test_loss_scaling_works():
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = trained(ours("adam"))
        assert isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
        assert difference(model, network()) > 1e-4
    finally:
        keras.mixed_precision.set_global_policy("float32")


def test_wrong_number_of_multipliers_is_an_error():
    with pytest.raises(ValueError, match="one number a trainable variable"):
        trained(PER_VARIABLE_OPTIMIZERS["sgd"](0.1, multipliers=[1.0]))


def test_plain_keras_optimizer_where_nothing_differs():
    assert type(make_optimizer("adam", 0.1, [1.0, 1.0], [0, 0])) is keras.optimizers.Adam
    assert type(make_optimizer("adam", 0.1, [1.0, 0.5], [0, 0])) is PER_VARIABLE_OPTIMIZERS["adam"]


def test_ages_are_for_adam_only():
    """Lion has a `beta_2` too, and corrects nothing by it."""
    one = trained(PER_VARIABLE_OPTIMIZERS["lion"](0.01, multipliers=[1.0] * 6, ages=[100] * 6))
    two = trained(OPTIMIZERS["lion"](0.01))
    assert difference(one, two) == 0.0


def test_carried_variables_step_as_if_nothing_had_happened():
    """Adam's slots and ages carried over a change of optimizer equal an uninterrupted Adam."""
    straight = trained(OPTIMIZERS["adam"](0.01), epochs=6)
    model = trained(OPTIMIZERS["adam"](0.01), epochs=3)
    old = model.optimizer
    new = make_optimizer("adam", 0.01, [1.0] * 6, [3 * 4] * 6)
    new.build(model.trainable_variables)
    trained(carry(old, new), model, epochs=3)
    assert difference(straight, model) < 1e-6


def test_joining_variables_step_like_a_fresh_adam():
    """First steps of Adam are the rate; with the count of others they are up to five times it."""
    model = network()
    model.get_layer("a").trainable = False
    trained(OPTIMIZERS["adam"](0.01), model, epochs=25)
    old = model.optimizer
    model.get_layer("a").trainable = True
    joining = [weight.path.startswith("a") for weight in model.trainable_variables]
    new = make_optimizer("adam", 0.01, [1.0] * 6, [0 if new else 100 for new in joining])
    new.build(model.trainable_variables)
    assert len(slots(carry(old, new))) == 12
    before = model.get_layer("a").get_weights()
    model.compile(new, "mse")
    model.train_on_batch(INPUTS, TARGETS)
    steps = [np.abs(b - a) for a, b in zip(before, model.get_layer("a").get_weights(), strict=True)]
    for step in steps:
        np.testing.assert_allclose(step, 0.01, rtol=0.05)
