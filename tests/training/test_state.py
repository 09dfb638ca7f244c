import errno
import shutil

import keras
import numpy as np
import pytest

from keras_tl.structure.graph import random_states
from keras_tl.training.state import Checkpoints, Progress
from keras_tl.training.variables import assign, assign_at, values, values_at


@pytest.fixture
def checkpoints(tmp_path):
    return Checkpoints(tmp_path / "checkpoints")


def make_model():
    return keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(8), keras.layers.Dropout(0.5), keras.layers.Dense(2)]
    )


@pytest.fixture
def model():
    return make_model()


def take_steps(model, optimizer, count=2):
    """Moves the weights by gradients that differ from step to step."""
    for step in range(count):
        gradients = [keras.ops.sin(weight + step) for weight in model.trainable_variables]
        optimizer.apply(gradients, model.trainable_variables)


def stepped(model, count=2):
    optimizer = keras.optimizers.Adam(0.1)
    take_steps(model, optimizer, count)
    return optimizer


def save(checkpoints, progress, model, optimizer):
    checkpoints.save(progress, model, range(len(model.weights)), optimizer)


def require_equal(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)


def whole_checkpoints(checkpoints):
    return sorted(path for path in checkpoints.path.iterdir() if path.name[0] != ".")


def test_without_a_checkpoint_a_run_is_at_its_beginning(checkpoints, model):
    before = values(model.weights)
    assert checkpoints.restore(model) == Progress()
    require_equal(values(model.weights), before)
    checkpoints.path.mkdir()
    assert checkpoints.restore(model) == Progress()


def test_what_a_checkpoint_holds_comes_back(checkpoints):
    model, other = make_model(), make_model()
    optimizer = stepped(model)
    histories = [[{"phase": "head", "epoch": 0, "val_loss": 0.1 + 0.2}], [{"epoch": 1}]]
    best = {i: array + 0.5 for i, array in enumerate(values(model.weights))}
    progress = Progress(histories, [{"loss": 1 / 3}], stopped=True, best=best)
    save(checkpoints, progress, model, optimizer)
    found = checkpoints.restore(other)
    assert (found.histories, found.validations) == (histories, [{"loss": 1 / 3}])
    assert found.stopped
    assert list(found.best) == list(best)
    require_equal(found.best.values(), best.values())
    require_equal(values(other.weights), values(model.weights))


def test_a_run_without_a_best_epoch_has_none_again(checkpoints, model):
    save(checkpoints, Progress([[{"loss": 1.0}]]), model, stepped(model))
    assert checkpoints.restore(model).best is None


def test_optimizer_goes_on_with_its_slots(checkpoints):
    model, other = make_model(), make_model()
    optimizer = stepped(model)
    save(checkpoints, Progress(), model, optimizer)
    take_steps(model, optimizer)
    saved = checkpoints.restore(other).optimizer
    resumed = keras.optimizers.Adam(0.1)
    resumed.build(other.trainable_variables)
    assign(resumed.variables, saved)
    take_steps(other, resumed)
    require_equal(values(other.weights), values(model.weights))
    checkpoints.restore(other)
    stepped(other)
    assert (values(other.weights)[0] != values(model.weights)[0]).any()


def test_dropout_goes_on_with_what_it_would_have_drawn(checkpoints):
    model, other = make_model(), make_model()
    features = np.ones((4, 8), "float32")
    model(features, training=True)
    save(checkpoints, Progress(), model, stepped(model))
    draws = [np.array(model(features, training=True)) for _ in range(2)]
    assert (draws[0] != draws[1]).any()
    checkpoints.restore(other)
    require_equal([np.array(other(features, training=True)) for _ in range(2)], draws)
    require_equal(values(random_states(other)), values(random_states(model)))


def test_only_the_last_checkpoint_is_kept(checkpoints, model):
    optimizer = stepped(model)
    for rows in range(1, 13):
        save(checkpoints, Progress([[{}] * rows]), model, optimizer)
        assert len(list(checkpoints.path.iterdir())) == 1
    assert len(checkpoints.restore(model).histories[0]) == 12


def test_what_a_kill_left_half_written_is_ignored(checkpoints, model):
    optimizer = stepped(model)
    save(checkpoints, Progress([[{"loss": 1.0}]]), model, optimizer)
    half = checkpoints.path / ".0123abcd.000001"
    half.mkdir()
    (half / "weights.npz").write_bytes(b"PK\x03\x04 and no more")
    expected = values(model.weights)
    take_steps(model, optimizer)
    assert checkpoints.restore(model).histories == [[{"loss": 1.0}]]
    require_equal(values(model.weights), expected)
    save(checkpoints, Progress([[{}] * 2]), model, optimizer)
    assert checkpoints.restore(model).histories == [[{}] * 2]


def test_a_kill_during_the_first_checkpoint_leaves_the_beginning(checkpoints, model):
    (checkpoints.path / ".0123abcd.000000").mkdir(parents=True)
    assert checkpoints.restore(model) == Progress()


def test_a_kill_while_an_old_checkpoint_is_removed(checkpoints, model, tmp_path):
    """Both are there and the old one has lost a file: the new one counts, and the next is alone."""
    optimizer = stepped(model)
    save(checkpoints, Progress([[{}]]), model, optimizer)
    (old,) = whole_checkpoints(checkpoints)
    shutil.copytree(old, tmp_path / "aside")
    save(checkpoints, Progress([[{}] * 2]), model, optimizer)
    shutil.move(tmp_path / "aside", old)
    (old / "weights.npz").unlink()
    assert checkpoints.restore(model).histories == [[{}] * 2]
    save(checkpoints, Progress([[{}] * 3]), model, optimizer)
    assert len(whole_checkpoints(checkpoints)) == 1
    assert checkpoints.restore(model).histories == [[{}] * 3]


def test_a_full_disk_leaves_the_checkpoint_before(checkpoints, model, monkeypatch):
    optimizer = stepped(model)
    save(checkpoints, Progress([[{}]]), model, optimizer)

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full)
        with pytest.raises(OSError, match=r"checkpoints.*No space left"):
            save(checkpoints, Progress([[{}] * 2]), model, optimizer)
    assert len(list(checkpoints.path.iterdir())) == 1
    assert checkpoints.restore(model).histories == [[{}]]


def test_a_new_phase_begins_without_what_belongs_to_the_last(model):
    progress = Progress([[{}]], [{}], stopped=True, best={0: np.zeros(1)}, optimizer=[np.zeros(1)])
    progress.begin_phase()
    assert progress == Progress([[{}], []], [{}])


def test_only_weights_that_have_moved_are_written(checkpoints, model):
    """The others are in the model that the run begins with, also for the best epoch."""
    start = values(model.weights)
    model.layers[0].trainable = False
    optimizer = stepped(model)
    moved = values(model.weights)
    best = values_at(model.weights, [2, 3])
    checkpoints.save(Progress([[{}]], best=best), model, [2, 3], optimizer)
    for name in ("weights.npz", "best.npz"):
        with np.load(next(checkpoints.path.glob(f"*/{name}"))) as packed:
            assert packed.files == ["2", "3"]
    assign(model.weights, start)
    found = Checkpoints(checkpoints.path).restore(model)
    require_equal(values(model.weights), moved)
    assign(model.weights, start)
    assign_at(model.weights, found.best)
    require_equal(values(model.weights), moved)
