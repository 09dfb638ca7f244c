from types import SimpleNamespace

import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.training.callbacks import DivergedError, EpochOrder, FollowHistory

NAN = float("nan")
INFINITE = float("inf")


def follow(phase=None, history=None, after_epoch=lambda stopped: None):
    """Returns the callback on the little of a model that it reads."""
    phase = phase or ktl.Phase("tuning", learning_rate=0.5)
    callback = FollowHistory(phase, [] if history is None else history, after_epoch)
    optimizer = keras.optimizers.SGD(phase.learning_rate)
    callback.set_model(SimpleNamespace(optimizer=optimizer, stop_training=False))
    return callback


def rate(callback):
    return float(callback.model.optimizer.learning_rate)


def test_an_epoch_has_the_order_that_its_number_means(data):
    """Whether the epochs before it were run in this process or in an earlier one."""
    model = keras.Sequential(
        [keras.Input((16, 16, 3)), keras.layers.Flatten(), keras.layers.Dense(3)]
    )
    model.compile("sgd", "sparse_categorical_crossentropy")

    def orders(initial_epoch):
        seen = {}
        watch = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: seen.update({epoch: data.train.order().tolist()})
        )
        model.fit(
            data.train,
            epochs=4,
            initial_epoch=initial_epoch,
            shuffle=False,
            verbose=0,
            callbacks=[EpochOrder(data.train), watch],
        )
        return seen

    whole, rest = orders(0), orders(2)
    assert rest == {epoch: whole[epoch] for epoch in (2, 3)}
    assert len({tuple(order) for order in whole.values()}) == 4


def test_the_split_gets_its_number(data):
    order = EpochOrder(data.train)
    for epoch in (3, 0):
        data.train.on_epoch_end()
        order.on_epoch_begin(epoch)
        assert data.train.epoch == epoch


def test_an_epoch_is_a_row():
    history = []
    callback = follow(history=history)
    callback.on_epoch_end(4, {"loss": np.float32(0.25), "val_loss": 1})
    row = {"phase": "tuning", "epoch": 4, "learning_rate": 0.5, "loss": 0.25, "val_loss": 1.0}
    assert history == [row]
    assert {type(history[0][name]) for name in ("loss", "val_loss")} == {float}


def test_the_row_is_there_when_the_epoch_is_kept():
    history, seen = [], []
    callback = follow(history=history, after_epoch=lambda stopped: seen.append(len(history)))
    callback.on_epoch_end(0, {"loss": 1.0})
    assert seen == [1]


@pytest.mark.parametrize("losses", [{"loss": NAN}, {"loss": 1.0, "val_loss": INFINITE}])
def test_divergence_names_phase_epoch_and_rate(losses):
    history, kept = [], []
    callback = follow(history=history, after_epoch=kept.append)
    with pytest.raises(DivergedError) as caught:
        callback.on_epoch_end(7, losses)
    for word in ("epoch 7", "'tuning'", "learning_rate=0.5", str(losses), "find_learning_rate"):
        assert word in str(caught.value)
    assert not history
    assert not kept


def test_a_metric_that_is_not_a_number_is_no_divergence():
    history = []
    follow(history=history).on_epoch_end(0, {"loss": 1.0, "auc": NAN})
    assert len(history) == 1


@pytest.mark.parametrize(("schedule", "expected"), [("plateau", 0.05), ("constant", 0.5)])
def test_only_a_schedule_that_waits_reads_its_rate_off_the_history(schedule, expected):
    phase = ktl.Phase("tuning", learning_rate=0.5, schedule=schedule)
    callback = follow(phase, [{"val_loss": loss} for loss in (1.0, 2.0, 2.0)])
    callback.on_epoch_begin(3)
    assert rate(callback) == pytest.approx(expected)


def test_the_rate_does_not_fall_twice_for_one_history():
    phase = ktl.Phase("tuning", learning_rate=0.5, schedule="plateau")
    callback = follow(phase, [{"val_loss": loss} for loss in (1.0, 2.0, 2.0)])
    for _ in range(3):
        callback.on_epoch_begin(3)
    assert rate(callback) == pytest.approx(0.05)


def test_patience_stops_the_phase_after_the_epoch_is_kept():
    """A stop that follows from the history is no stop of the user's."""
    stopped_by_user = []
    phase = ktl.Phase("tuning", patience=2)
    callback = follow(phase, after_epoch=stopped_by_user.append)
    stops = []
    for epoch, loss in enumerate((1.0, 2.0, 2.0)):
        callback.on_epoch_end(epoch, {"loss": 1.0, "val_loss": loss})
        stops.append(callback.model.stop_training)
    assert stops == [False, False, True]
    assert stopped_by_user == [False, False, False]


def test_a_stop_of_the_user_is_told():
    stopped_by_user = []
    callback = follow(after_epoch=stopped_by_user.append)
    callback.model.stop_training = True
    callback.on_epoch_end(0, {"loss": 1.0})
    assert stopped_by_user == [True]
