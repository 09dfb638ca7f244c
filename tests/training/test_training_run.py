import signal

import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.training.state import Checkpoints

NAMES = ["ant", "bee", "cat"]


class KilledError(BaseException):
    """What a kill looks like from inside: nothing after it runs."""


class KillAt(keras.callbacks.Callback):
    def __init__(self, batch):
        super().__init__()
        self.left = batch

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise KilledError


def recipe():
    """Every kind of state: dropout, plateau, rates, early stopping, joining and leaving stages."""
    wild = ktl.Plan.layer_decay(0.5, first=1)
    return ktl.Recipe(
        "all kinds",
        (
            ktl.Phase("head", ktl.Plan.freeze_to(-1), 3, 0.5, schedule="plateau"),
            ktl.Phase("top", wild, 4, 0.02, patience=1),
            ktl.Phase("norms", ktl.Plan(batch_norm="train"), 2, 0.01, "adamw", {}, "one-cycle"),
            ktl.Phase("all", ktl.Plan(batch_norm="recalibrate"), 2, 0.01, "adamw", ema=0.8),
        ),
    )


def build(make_tiny):
    keras.utils.set_random_seed(3)
    return ktl.build_classifier(make_tiny("residual"), NAMES, dropout=0.2)


def run(model, data, path, *callbacks):
    return ktl.fine_tune(model, data, recipe(), run_dir=path, callbacks=callbacks, verbose=0)


_STRAIGHT = []


@pytest.fixture
def straight(make_tiny, data, tmp_path):
    """Weights and history of the uninterrupted run, which is the same for all tests."""
    if not _STRAIGHT:
        model = build(make_tiny)
        result = run(model, data, tmp_path / "straight")
        _STRAIGHT.append((model.get_weights(), result.history))
    return _STRAIGHT[0]


def require_equal(straight, model, result):
    weights, history = straight
    assert result.history == history
    for one, other in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "batch", [14, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 4, 9, 10, 22))]
)
def test_an_interrupted_run_ends_in_the_same_weights(make_tiny, data, tmp_path, straight, batch):
    """Three batches an epoch: in the first epoch, at its end, at a change of phase, and later."""
    with pytest.raises(KilledError):
        run(build(make_tiny), data, tmp_path / "run", KillAt(batch))
    model = build(make_tiny)
    require_equal(straight, model, run(model, data, tmp_path / "run"))


@pytest.mark.slow
def test_interrupted_again_and_again(make_tiny, data, tmp_path, straight):
    for _ in range(4):
        with pytest.raises(KilledError):
            run(build(make_tiny), data, tmp_path / "run", KillAt(5))
    model = build(make_tiny)
    require_equal(straight, model, run(model, data, tmp_path / "run"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["weights.npz", "optimizer.npz"])
def test_killed_while_a_checkpoint_is_written(
    make_tiny, data, tmp_path, straight, monkeypatch, name
):
    from keras_tl.training import state

    write, count = state._write, iter(range(100))

    def broken(path, arrays):
        write(path, arrays)
        if path.name == name and next(count) == 3:
            raise KilledError

    monkeypatch.setattr(state, "_write", broken)
    with pytest.raises(KilledError):
        run(build(make_tiny), data, tmp_path / "run")
    monkeypatch.setattr(state, "_write", write)
    model = build(make_tiny)
    require_equal(straight, model, run(model, data, tmp_path / "run"))


@pytest.mark.slow
def test_killed_between_the_end_of_training_and_the_model(make_tiny, data, tmp_path, straight):
    run_directory = "keras_tl.training.run_directory.RunDirectory.save_model"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_directory, lambda *args: (_ for _ in ()).throw(KilledError()))
        with pytest.raises(KilledError):
            run(build(make_tiny), data, tmp_path / "run")
    model = build(make_tiny)
    require_equal(straight, model, run(model, data, tmp_path / "run"))


@pytest.mark.slow
def test_killed_for_real(start_run, tmp_path):
    """A process that is killed with SIGKILL, and started again with the same command."""
    recipe = ktl.recipe("gradual-unfreezing", stages=2, epochs=2)
    for run, batch, status in (
        ("straight", -1, 0),
        ("run", 5, -signal.SIGKILL),
        ("run", 8, -signal.SIGKILL),
        ("run", -1, 0),
    ):
        process = start_run(recipe, run, batch)
        _, errors = process.communicate()
        assert process.returncode == status, errors[-2000:]
    one, other = (ktl.load_classifier(tmp_path / name) for name in ("straight", "run"))
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.slow
def test_a_stop_by_the_user_is_remembered(make_tiny, data, tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch in (0, 1)

    one = build(make_tiny)
    history = run(one, data, tmp_path / "straight", Stop()).history
    assert [row["phase"] for row in history[:2]] == ["head", "top"]
    with pytest.raises(KilledError):
        run(build(make_tiny), data, tmp_path / "run", Stop(), KillAt(8))
    other = build(make_tiny)
    require_equal((one.get_weights(), history), other, run(other, data, tmp_path / "run", Stop()))


def test_finished_runs_leave_no_checkpoints(model, data, tmp_path):
    ktl.fine_tune(model, data, "linear-probe", epochs=2, run_dir=tmp_path, verbose=0)
    assert not (tmp_path / "checkpoints").exists()


def test_only_one_checkpoint_is_kept(make_tiny, data, tmp_path):
    with pytest.raises(KilledError):
        run(build(make_tiny), data, tmp_path, KillAt(11))
    assert len([p for p in (tmp_path / "checkpoints").iterdir() if p.name.isdigit()]) == 1


@pytest.mark.slow
def test_resuming_says_where(make_tiny, data, tmp_path, capsys):
    with pytest.raises(KilledError):
        run(build(make_tiny), data, tmp_path, KillAt(11))
    ktl.fine_tune(build(make_tiny), data, recipe(), run_dir=tmp_path, callbacks=[KillAt(99)])
    shown = capsys.readouterr().out
    assert "Going on in phase 1/4 after epoch 3" in shown
    assert "Callbacks that begin anew: KillAt" in shown


@pytest.mark.slow
def test_mixed_precision_resumes(make_tiny, data, tmp_path):
    """Keras wraps the optimizer, whose state must be put back into the wrapper."""
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        with pytest.raises(KilledError):
            run(build(make_tiny), data, tmp_path, KillAt(14))
        assert run(build(make_tiny), data, tmp_path).history[-1]["phase"] == "all"
    finally:
        keras.mixed_precision.set_global_policy("float32")


def test_plateau_lowers_the_rate(model, data):
    phase = ktl.Phase("head", ktl.Plan.freeze_to(-1), 8, 30.0, schedule="plateau")
    rows = ktl.fine_tune(model, data, ktl.Recipe("one", (phase,)), verbose=0).history
    rates = [row["learning_rate"] for row in rows]
    assert rates[0] == pytest.approx(30.0)
    assert rates[-1] < 10.0


def test_rates_of_stages_are_those_of_the_plan(make_tiny, data, weights_of):
    """One SGD step: each stage moves in proportion to its rate."""
    model = ktl.build_classifier(make_tiny("residual"), NAMES)
    start = model.get_weights()
    moved = {}
    for decay in (1.0, 0.5):
        model.set_weights(start)
        before = weights_of(model)
        phase = ktl.Phase("all", ktl.Plan.layer_decay(decay), 1, 0.1, "sgd", restore_best=False)
        one_batch = ktl.load_data(
            (data.train.images(), data.train.labels),
            image_size=16,
            batch_size=64,
            validation=0.0,
            test=0.0,
            class_names=NAMES,
        )
        ktl.fine_tune(model, one_batch, ktl.Recipe("one", (phase,)), verbose=0)
        moved[decay] = {path: value - before[path] for path, value in weights_of(model).items()}
    for i, stage in enumerate(ktl.chain(model)):
        for weight in (w for layer in stage.layers for w in layer.trainable_weights):
            expected = 0.5 ** (2 - i) * moved[1.0][weight.path]
            np.testing.assert_allclose(moved[0.5][weight.path], expected, atol=1e-7)


def test_checkpoints_without_a_directory_do_nothing(model):
    checkpoints = Checkpoints(None)
    checkpoints.save(None, model, [], None)
    assert checkpoints.restore(model).histories == []
