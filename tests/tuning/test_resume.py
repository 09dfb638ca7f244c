"""A search that is killed goes on, and ends in what an uninterrupted one ends in."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from keras_tl.models.card import read_model
from keras_tl.tuning.keeping import read_records

SCRIPT = Path(__file__).with_name("search_to_be_killed.py")


def run(directory, *kill_at):
    command = [sys.executable, str(SCRIPT), str(directory), *map(str, kill_at)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def found(directory):
    records = read_records(directory / "tuner")
    return [(r.number, r.status, r.settings, r.score, r.metrics) for r in records]


def same(one, other):
    pairs = zip(read_model(one).get_weights(), read_model(other).get_weights(), strict=True)
    return all((a == b).all() for a, b in pairs)


@pytest.mark.slow
def test_a_search_that_is_killed_again_and_again_ends_in_the_same(tmp_path):
    """Killed in the first trial of a rung, between, and in one that goes on from another."""
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    assert run(straight).returncode == 0
    for batch, running in ((3, "1"), (20, "2"), (33, "5")):
        assert run(killed, batch).returncode == -9
        assert [r.number for r in read_records(killed / "tuner") if r.status == "running"] == [
            running
        ]
    assert read_records(killed / "tuner")[-1].parent is not None
    ended = run(killed)
    assert ended.returncode == 0, ended.stderr
    assert found(killed) == found(straight)
    for one, other in zip(*(read_records(d / "tuner") for d in (straight, killed)), strict=True):
        assert (one.model is None) == (other.model is None)
        assert one.model is None or same(one.model, other.model)
    scores = [json.loads((run_dir / "test.json").read_text()) for run_dir in (straight, killed)]
    assert scores[0] == scores[1]
