import json

import numpy as np
import pytest

from keras_tl.evaluation.advising.contestants import Answers
from keras_tl.evaluation.advising.crossed import crossed_mean
from keras_tl.evaluation.advising.transfer_check import TransferCheck

BUDGET = {"transfer": "3 epochs", "from scratch": "3 epochs", "random features": "regression"}


def answers(share, seed, images=200, seeds=4):
    generator = np.random.default_rng(seed)
    return tuple(Answers(tuple(generator.uniform(size=images) < share), 0.99) for _ in range(seeds))


def check(transfer, scratch, random, **options):
    shares = dict(zip(BUDGET, (transfer, scratch, random), strict=True))
    found = {name: answers(share, i, **options) for i, (name, share) in enumerate(shares.items())}
    return TransferCheck(found, "glyphs, lp-ft", BUDGET, 50)


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ((0.9, 0.6, 0.7), "helps"),
        ((0.9, 0.6, 0.9), "cannot tell with this much data"),
        ((0.6, 0.9, 0.5), "harms"),
        ((0.6, 0.5, 0.9), "harms"),
        ((0.7, 0.7, 0.7), "cannot tell with this much data"),
    ],
)
def test_the_verdict_follows_the_intervals(shares, verdict):
    found = check(*shares)
    assert found.verdict == verdict
    assert f"transfer {verdict}" in str(found)
    assert found.advice


def test_gains_are_paired_and_cross_seeds_with_pictures():
    found = check(0.9, 0.6, 0.7)
    transfer, scratch = found.right["transfer"], found.right["from scratch"]
    expected = crossed_mean(transfer.astype(float) - scratch)
    assert found.gains["from scratch"] == expected
    assert expected.mean == pytest.approx(transfer.mean() - scratch.mean())


def test_when_it_cannot_tell_it_says_what_there_is_too_little_of():
    by_picture = {name: 4 * answers(0.5, i, images=15, seeds=1) for i, name in enumerate(BUDGET)}
    assert "too few test images" in TransferCheck(by_picture, "x", BUDGET, 50).advice[0]
    good, bad = Answers((True,) * 200, 1.0), Answers((False,) * 200, 1.0)
    by_seed = {**check(0.7, 0.7, 0.7).answers, "from scratch": (good, bad, good, bad)}
    assert "too few seeds" in TransferCheck(by_seed, "x", BUDGET, 50).advice[0]


def test_from_scratch_that_has_not_learned_is_told():
    found = check(0.9, 0.6, 0.7)
    assert found.scratch_has_learned
    lazy = tuple(Answers(one.right, 0.4) for one in found.answers["from scratch"])
    told = TransferCheck({**found.answers, "from scratch": lazy}, "x", BUDGET, 50)
    assert not told.scratch_has_learned
    assert "only 40% of its own training images" in str(told)


def test_answers_survive_a_file():
    for one in (*answers(0.5, 0), Answers((True, False))):
        assert Answers.from_dict(json.loads(json.dumps(one.to_dict()))) == one


def test_table_json_and_picture_say_the_same(tmp_path):
    found = check(0.9, 0.6, 0.7)
    found.to_json(tmp_path / "check.json")
    saved = json.loads((tmp_path / "check.json").read_text())
    assert saved["gain"]["from scratch"]["mean"] == found.gains["from scratch"].mean
    assert f"{np.mean(saved['accuracy']['transfer']):.1%}" in str(found)
    figure = found.picture(tmp_path / "check.png")
    assert (tmp_path / "check.png").read_bytes().startswith(b"\x89PNG")
    left, right = figure.axes
    drawn = [line.get_ydata() for line in left.lines[:4]]
    np.testing.assert_allclose(np.array(drawn).T[0], 100 * found.right["transfer"].mean(axis=1))
    assert [label.get_text() for label in right.get_yticklabels()] == [
        "over from scratch",
        "over random features",
    ]
