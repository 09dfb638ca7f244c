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


@pytest.mark.slow
def test_a_search_that_is_killed_again_and_again_ends_in_the_same(tmp_path):
    straight, killed = tmp_path / "straight", tmp_path / "killed"
    assert run(straight).returncode == 0
    for batch in (3, 8, 14):
        assert run(killed, batch).returncode == -9
        for path in (killed / "tuner").rglob("*.json"):
            json.loads(path.read_text())
    ended = run(killed)
    assert ended.returncode == 0, ended.stderr
    assert found(killed) == found(straight)
    (one,) = (r.model for r in read_records(straight / "tuner") if r.number == "0")
    (other,) = (r.model for r in read_records(killed / "tuner") if r.number == "0")
    pairs = zip(read_model(one).get_weights(), read_model(other).get_weights(), strict=True)
    assert all((a == b).all() for a, b in pairs)
    scores = [json.loads((run_dir / "test.json").read_text()) for run_dir in (straight, killed)]
    assert scores[0] == scores[1]
