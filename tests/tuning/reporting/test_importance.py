import math
import random
from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

import keras_tl.tuning.reporting.importance as module
from keras_tl.tuning.records import COMPLETED, FAILED, TrialRecord
from keras_tl.tuning.reporting.importance import FEWEST, _unseen, encode, foretell, importance


def trials(count, score, seed=0):
    """Trials with random settings; `score` says what a trial's settings are worth."""
    draw = random.Random(seed)
    records = []
    for number in range(count):
        settings = {
            "backbone": draw.choice(["a", "b"]),
            "trainable_stages": draw.choice([0, 1, 2]),
            "head_rate": 10 ** draw.uniform(-4, -2),
            "head": "linear",
        }
        if settings["trainable_stages"] > 1:
            settings["layer_decay"] = draw.uniform(0.3, 1)
        value = score(settings, draw)
        records.append(TrialRecord(f"{number:03d}", COMPLETED, settings, value))
    return records


def by_rate(settings, draw):
    return -((math.log10(settings["head_rate"]) + 3) ** 2) + draw.gauss(0, 0.02)


def by_backbone(settings, draw):
    return {"a": 0.8, "b": 0.9}[settings["backbone"]] + draw.gauss(0, 0.005)


def by_decay(settings, draw):
    return settings.get("layer_decay", 0.65) + draw.gauss(0, 0.005)


def by_chance(settings, draw):
    return draw.gauss(0.9, 0.02)


@pytest.mark.parametrize(
    ("score", "name"),
    [(by_rate, "head_rate"), (by_backbone, "backbone"), (by_decay, "layer_decay")],
)
def test_the_setting_that_makes_the_score_is_found(score, name):
    """The two columns of a backbone say the same: shuffled one at a time neither would matter."""
    found = importance(trials(50, score), direction="max")
    first, second = list(found.drops)[:2]
    assert first == name
    assert found.drops[first] > 0.5
    assert found.drops[second] < 0.2 * found.drops[first]
    assert found.oob_score > 0.7
    assert found.is_meaningful
    assert "head" not in found.drops
    assert f"{found.drops[first]:.2f}  {name}" in str(found)
    assert "means nothing" not in str(found)


@pytest.fixture
def few_trees(monkeypatch):
    """Enough where only the way is tested."""
    monkeypatch.setattr(module, "TREES", 60)


@pytest.mark.parametrize("seed", [1, 2])
def test_noise_is_called_noise(seed):
    found = importance(trials(50, by_chance, seed), direction="max")
    assert found.oob_score <= 0.1
    assert not found.is_meaningful
    assert "ranking means nothing" in str(found)


def test_the_same_trials_in_any_order_and_direction_give_the_same_numbers(few_trees):
    records = trials(40, by_rate)
    expected = importance(records, direction="max").to_dict()
    assert importance(records[::-1], direction="max").to_dict() == expected
    turned = [replace(record, score=-record.score) for record in records]
    found = importance(turned, direction="min")
    assert list(found.drops) == list(expected["drops"])
    assert list(found.drops.values()) == pytest.approx(list(expected["drops"].values()))
    assert found.oob_score == pytest.approx(expected["oob_score"])


def test_too_few_trials_give_no_numbers(few_trees):
    """What failed or has no finite score does not count."""
    records = trials(FEWEST + 1, by_rate)
    records[3] = replace(records[3], status=FAILED)
    records[8] = replace(records[8], score=math.nan)
    found = importance(records, direction="max")
    assert found.reason == "too few trials: 29 of 30"
    assert "too few trials: 29 of 30" in str(found)
    assert (found.drops, found.oob_score, found.trials) == ({}, None, 29)
    records[3] = replace(records[3], status=COMPLETED)
    assert importance(records, direction="max").reason == ""


@pytest.mark.parametrize(
    ("settings", "scores", "reason"),
    [
        ({"head": "linear"}, range(FEWEST), "no setting varies"),
        (None, [0.5] * FEWEST, "all scores are alike"),
    ],
)
def test_nothing_to_learn_gives_no_numbers(settings, scores, reason):
    records = [
        TrialRecord(f"{i:02d}", COMPLETED, settings or {"dropout": i / 100}, float(score))
        for i, score in enumerate(scores)
    ]
    assert importance(records, direction="min").reason == reason


def test_a_wrong_direction_is_named():
    with pytest.raises(ValueError, match=r"`direction` must be .* Received: direction='up'"):
        importance([], direction="up")


def test_out_of_bag_predictions_are_those_of_scikit_learn():
    draw = np.random.default_rng(0)
    columns, scores = draw.normal(size=(40, 3)), draw.normal(size=40)
    forest = RandomForestRegressor(100, oob_score=True, random_state=0).fit(columns, scores)
    found = foretell(forest, columns, _unseen(forest, 40))
    np.testing.assert_allclose(found, forest.oob_prediction_)


@pytest.mark.parametrize(
    ("values", "columns"),
    [
        ([0.1, 0.2, 0.4], [[0.1], [0.2], [0.4]]),
        ([0, 1, 10], [[0], [1], [10]]),
        ([1e-4, 1e-2, 1e-3], [[-4], [-2], [-3]]),
        ([1, None, 3], [[1, 0], [2, 1], [3, 0]]),
        ([1, math.nan, 3], [[1, 0], [2, 1], [3, 0]]),
        (["a", "b", "a"], [[1, 0], [0, 1], [1, 0]]),
        (["a", None, "b"], [[1, 0, 0], [0, 0, 1], [0, 1, 0]]),
        ([True, False, 1], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
        (["1", 1, 1], [[1, 0], [0, 1], [0, 1]]),
        ([None, math.nan], [[1], [1]]),
    ],
)
def test_columns_of_a_setting(values, columns):
    np.testing.assert_allclose(encode(values), np.array(columns, dtype=float), atol=1e-12)
