"""The sweep over freeze depths, with a trainer that only notes what it is asked for."""

from types import SimpleNamespace

import pytest

from keras_tl.tuning.depth_curve import all_that_acts, depth_curve, trainings
from keras_tl.tuning.outcome import Outcome
from keras_tl.tuning.records import COMPLETED, FAILED, TrialRecord


@pytest.fixture
def sweep(data, model):
    """A trainer of a backbone of three stages, and what it was asked to train."""
    asked = []
    candidate = SimpleNamespace(build=lambda *_, **__: model, pieces=lambda *_: 3)

    def train(values, directory, *, again):
        directory.mkdir(parents=True)
        asked.append((values, again))
        return Outcome({"val_accuracy": values["trainable_stages"] / 10 + again / 100}, "m", 1, 2.0)

    trainer = SimpleNamespace(
        granularity="stage", data=data, candidates={"small": candidate}, train=train
    )
    return trainer, asked


BEST = {"backbone": "small", "head": "linear", "trainable_stages": 2, "dropout": 0.25}


def test_every_depth_at_the_best_settings_and_several_seeds(sweep, tmp_path):
    trainer, asked = sweep
    points = depth_curve(trainer, BEST, tmp_path, "val_accuracy", seeds=2)
    expected = [{**BEST, "trainable_stages": depth} for depth in (0, 0, 1, 1, 2, 2, 3, 3)]
    assert [values for values, _ in asked] == expected
    assert [again for _, again in asked] == [0, 1] * 4
    assert [point.scores for point in points] == [(d / 10, d / 10 + 0.01) for d in range(4)]
    assert {point.seconds for point in points} == {(2.0, 2.0)}
    assert trainings(trainer, BEST, 2) == len(asked)


def test_a_sweep_goes_on_and_begins_anew_with_other_settings(sweep, tmp_path):
    trainer, asked = sweep
    told = []
    depth_curve(trainer, BEST, tmp_path, "val_accuracy", seeds=1)
    depth_curve(trainer, {**BEST, "trainable_stages": 0}, tmp_path, "val_accuracy", seeds=1)
    assert len(asked) == 4
    other = {**BEST, "dropout": 0.5}
    each = lambda what, done: told.append((what, done))  # noqa: E731
    depth_curve(trainer, other, tmp_path, "val_accuracy", seeds=1, each=each)
    assert len(asked) == 8
    assert told == [(f"depth {depth}, seed 0", depth) for depth in range(4)]


def test_settings_that_do_not_act_in_the_best_come_from_the_best_in_which_they_do():
    def trial(number, score, status=COMPLETED, **settings):
        return TrialRecord(number, status, {"backbone": "small", **settings}, score)

    head = trial("0", 0.9, trainable_stages=0, head_rate=1e-2)
    worse = trial("1", 0.6, trainable_stages=3, head_rate=1e-3, backbone_rate=1e-5, layer_decay=0.3)
    better = trial("2", 0.8, trainable_stages=1, head_rate=1e-4, backbone_rate=1e-4)
    lost = trial("3", None, FAILED, trainable_stages=1, backbone_rate=1e-1)
    found = all_that_acts(head, [worse, better, lost, head], "max")
    assert found == {
        "backbone": "small",
        "trainable_stages": 0,
        "head_rate": 1e-2,
        "backbone_rate": 1e-4,
        "layer_decay": 0.3,
    }
