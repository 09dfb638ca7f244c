import itertools
import random

import keras
import matplotlib.image
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.structure.graph import parts, random_states
from keras_tl.training.rate_curve import RateCurve, sweep
from keras_tl.training.rate_finder import find_learning_rate, one_step
from keras_tl.training.variables import values

QUICK = {"steps": 20, "verbose": 0}


def everything(model, split):
    """What a trial could leave behind, as bytes."""
    return {
        "weights": [array.tobytes() for array in values(model.weights)],
        "random states": [array.tobytes() for array in values(random_states(model))],
        "flags": [part.trainable for part in (*parts(model), *model.weights)],
        "python": random.getstate(),
        "numpy": str(np.random.get_state()),
        "epoch": split.epoch,
    }


@pytest.mark.parametrize("plan", [ktl.Plan.layer_decay(0.5), ktl.Plan(batch_norm="train")])
def test_everything_is_put_back(model, data, plan):
    ktl.freeze(model, 2)
    random.random(), np.random.random()
    data.train.epoch = 5
    before = everything(model, data.train)
    curve = find_learning_rate(model, data, plan, **QUICK)
    assert curve.losses[0] != curve.losses[-1]
    assert everything(model, data.train) == before


def test_everything_is_put_back_if_training_fails(model, data, monkeypatch):
    train = keras.Model.train_on_batch
    moved = []

    def fail_later(fitted, *args, **kwargs):
        found = train(fitted, *args, **kwargs)
        moved.append(everything(model, data.train)["weights"] != before["weights"])
        if len(moved) == 3:
            raise RuntimeError("no more")
        return found

    before = everything(model, data.train)
    monkeypatch.setattr(keras.Model, "train_on_batch", fail_later)
    with pytest.raises(RuntimeError, match="no more"):
        find_learning_rate(model, data, ktl.Plan(batch_norm="train"), **QUICK)
    assert moved == [True] * 3
    assert everything(model, data.train) == before


def test_same_call_gives_the_same_curve(make_tiny, data, capsys, monkeypatch):
    """Also where reading a picture draws from Python's and NumPy's generators."""
    read = data.train.pictures.read
    noise = lambda rows: read(rows) * random.random() + np.random.uniform()  # noqa: E731
    monkeypatch.setattr(data.train.pictures, "read", noise)
    model = ktl.build_classifier(make_tiny("plain"), data, dropout=0.5)
    first = find_learning_rate(model, data, **QUICK)
    data.train.epoch = 7
    random.random(), np.random.random()
    assert find_learning_rate(model, data, **QUICK) == first
    assert find_learning_rate(model, data, seed=1, **QUICK) != first
    assert not capsys.readouterr().out


def test_losses_are_those_of_keras_by_hand(make_tiny, data):
    """Oracle: Keras's own SGD and loss, batch by batch, over more than one epoch."""
    model = ktl.build_classifier(make_tiny("plain"), ["ant", "bee", "cat"])
    plan = ktl.Plan.freeze_to(-1)
    options = {"lowest": 1e-3, "highest": 0.1, "optimizer": "sgd", **QUICK}
    curve = find_learning_rate(model, data, plan, **options)
    prefix, suffix = ktl.chain(model).split(-1)
    loss, optimizer = keras.losses.SparseCategoricalCrossentropy(), keras.optimizers.SGD()
    suffix.compile(optimizer, loss)
    expected = []
    for step, rate in enumerate(np.geomspace(1e-3, 0.1, 20)):
        data.train.epoch = step // len(data.train)
        images, labels = data.train[step % len(data.train)]
        features = prefix(images)
        expected.append(float(loss(labels, suffix(features))))
        optimizer.learning_rate = rate
        suffix.train_on_batch(features, labels)
    assert curve.rates == pytest.approx(np.geomspace(1e-3, 0.1, 20))
    assert curve.losses == pytest.approx(expected, rel=1e-4)


def test_quadratic_diverges_above_two_over_its_curvature():
    """Closed form: gradient descent on a quadratic contracts below 2 / largest curvature."""
    curvatures, state = np.array([0.3, 2.0, 50.0]), np.ones(3)

    def step(rate):
        nonlocal state
        loss = float(curvatures @ state**2 / 2)
        state = state * (1 - rate * curvatures)
        return loss

    curve = sweep(step, np.geomspace(1e-5, 1e3, 100).tolist())
    limit = 2 / curvatures.max()
    steps_below = sum(rate < limit for rate in curve.rates)
    assert np.all(np.diff(curve.losses[: steps_below + 1]) < 0)
    assert limit < curve.rates[-1] < 1e3
    assert curve.losses[-1] > 4 * min(curve.smoothed)
    assert curve.suggestion < limit


def test_least_squares_in_keras_diverges_above_two_over_its_curvature():
    """Oracle: the largest eigenvalue of the Hessian, 2 X'X / n, from numpy."""
    generator = np.random.default_rng(0)
    inputs = generator.normal(size=(32, 4)).astype("float32")
    targets = (inputs @ [[1.0], [-2.0], [0.5], [3.0]]).astype("float32")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(), "mse")
    step = one_step(model, itertools.repeat((inputs, targets)))
    curve = sweep(step, np.geomspace(1e-4, 1e3, 100).tolist())
    limit = 2 / np.linalg.eigvalsh(2 * inputs.T @ inputs / 32).max()
    below = [loss for rate, loss in zip(curve.rates, curve.losses, strict=True) if rate < limit]
    assert below == sorted(below, reverse=True)
    assert limit < curve.rates[-1] < 1e3
    assert 1e-3 < curve.suggestion < limit


def test_smoothing_is_an_exponential_mean_corrected_for_its_start():
    losses, mean = (3.0, 1.0, 2.0, 5.0), 0.0
    for number, (loss, found) in enumerate(
        zip(losses, RateCurve((1.0,) * 4, losses).smoothed, strict=True), 1
    ):
        mean = 0.98 * mean + 0.02 * loss
        assert found == pytest.approx(mean / (1 - 0.98**number))


def test_suggestion_is_the_steepest_descent_without_the_ends():
    rates = np.geomspace(1e-5, 1, 100)
    falls = 2 - np.tanh(2 * np.log10(rates / 1e-3))
    falls[3:] -= 50
    curve = RateCurve(tuple(rates.tolist()), tuple(falls.tolist()))
    slope = np.diff(curve.smoothed)
    assert int(np.argmin(slope)) < 10
    assert curve.suggestion >= rates[10]


def test_a_loss_that_is_not_finite_ends_the_curve():
    losses = [1.0] * 12 + [float("nan")] + [1.0] * 10
    curve = sweep(lambda rate: losses.pop(0), np.geomspace(1e-3, 1, 23).tolist())
    assert curve.losses == (1.0,) * 12


def test_a_loss_that_diverges_at_once_is_an_error():
    losses = [1.0, 2.0, float("inf")]
    with pytest.raises(ValueError, match=r"`lowest` must be a rate at which .* Received: rates"):
        sweep(lambda rate: losses.pop(0), [0.1, 1.0, 10.0])


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_picture(tmp_path, suffix):
    rates = np.geomspace(1e-5, 1, 50)
    curve = RateCurve(tuple(rates.tolist()), tuple((1 / (1 + rates * 100)).tolist()))
    path = tmp_path / f"curve.{suffix}"
    axes = curve.picture(path).axes[0]
    assert axes.get_xscale() == "log"
    assert f"{curve.suggestion:.2g}" in axes.get_legend().get_texts()[-1].get_text()
    assert axes.lines[-1].get_xdata()[0] == curve.suggestion
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    if suffix == "png":
        assert matplotlib.image.imread(path).std() > 0.01


def test_picture_of_a_constant_loss():
    assert RateCurve((1e-3, 1e-2, 1e-1), (1.0, 1.0, 1.0)).picture().axes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lowest": 0.0}, r"`lowest` must be between .* Received: lowest=0.0"),
        ({"lowest": 5.0, "highest": 10.0}, r"`lowest` must be between .* and 1.0"),
        ({"highest": -1.0}, r"`highest` must be between .* Received: highest=-1.0"),
        ({"steps": 3}, r"`steps` must be an integer >= 20. Received: steps=3"),
        ({"optimizer": "adm"}, r"`optimizer` must be one of .* Did you mean 'adam'"),
        ({"label_smoothing": 1.0}, r"`label_smoothing` must be between"),
        ({"verbose": "loud"}, r"`verbose` must be one of"),
        ({"seed": -1}, r"`seed` must be an integer >= 0"),
    ],
)
def test_bad_arguments(model, data, change, message):
    with pytest.raises(ValueError, match=message):
        find_learning_rate(model, data, **change)


def test_data_for_another_model(make_tiny, data):
    model = ktl.build_classifier(make_tiny("plain"), ["x", "y", "z"])
    with pytest.raises(ValueError, match="the same class names"):
        find_learning_rate(model, data)
