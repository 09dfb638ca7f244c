import keras
import numpy as np
import pytest

from keras_tl.training.display import TrainingDisplay, metrics_line


@pytest.fixture
def bar():
    """The callback of a phase of six epochs with five batches each, begun at the fourth epoch."""
    with TrainingDisplay(show=True).phase("Phase 2/3: top") as (callback,):
        callback.set_params({"epochs": 6, "steps": 5})
        callback.on_train_begin()
        yield callback


def run_epoch(callback, epoch, **metrics):
    callback.on_epoch_begin(epoch)
    for batch in range(5):
        callback.on_train_batch_end(batch)
    callback.on_epoch_end(epoch, metrics)


def test_silent_when_told_so(capsys):
    display = TrainingDisplay(show=False)
    display.say("Phase 1/1: head")
    with display.phase("Phase 1/1: head") as callbacks:
        assert callbacks == []
    assert capsys.readouterr() == ("", "")


def test_says_tables_as_they_are(capsys):
    text = "stage [red]" + " wide" * 60
    TrainingDisplay(show=True).say(text)
    assert capsys.readouterr().out == f"{text}\n"


def test_a_phase_that_goes_on_counts_what_is_left(bar):
    run_epoch(bar, 3, loss=0.5)
    (task,) = bar.bar.tasks
    assert (task.completed, task.total) == (5, 15)
    assert not task.finished
    for epoch in (4, 5):
        run_epoch(bar, epoch, loss=0.25, accuracy=0.9166)
    (task,) = bar.bar.tasks
    assert (task.completed, task.total) == (15, 15)
    assert task.description == "Phase 2/3: top, epoch 6/6"
    assert task.fields["note"] == "loss 0.25  accuracy 0.917"


def test_the_display_of_a_phase_ends_with_it():
    """One after the other on one console, also if an epoch ends a phase early."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    display = TrainingDisplay(show=True)
    stop = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: setattr(model, "stop_training", True)
    )
    for title in ("first", "second"):
        with display.phase(title) as (callback,):
            model.fit(np.ones((4, 2)), np.ones(4), epochs=3, verbose=0, callbacks=[callback, stop])
            assert callback.bar.live.is_started
        assert not callback.bar.live.is_started
        assert callback.bar.tasks[0].completed == 1


def test_the_display_ends_with_a_phase_that_fails():
    seen = []

    def fail():
        with TrainingDisplay(show=True).phase("broken") as callbacks:
            seen.extend(callbacks)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not seen[0].bar.live.is_started


def test_metrics_are_one_line():
    assert metrics_line({"loss": 0.30894, "accuracy": 1.0}) == "loss 0.309  accuracy 1"
    assert metrics_line({}) == ""
