"""A process killed at any moment of a run, and started again, ends in the same weights."""

import random
import time

import pytest

import keras_tl as ktl

KILLS = 20
PLATEAU = ktl.Phase("plateau", ktl.Plan.freeze_to(-1), 4, 0.5, schedule="plateau")
STOPPED = ktl.Phase("stopped early", ktl.Plan.layer_decay(0.5, first=1), 9, 0.5, patience=1)
RECIPE = ktl.Recipe(
    "every kind of state",
    (
        PLATEAU,
        STOPPED,
        ktl.Phase("norms", ktl.Plan(batch_norm="train"), 2, 0.01, "adamw", {}, "one-cycle"),
        ktl.Phase("all", ktl.Plan(batch_norm="recalibrate"), 2, 0.01, "adamw", ema=0.9),
    ),
)


@pytest.fixture
def begin_run(start_run):
    """Starts a process and returns it when its run begins."""

    def begin(run):
        process = start_run(RECIPE, run)
        assert process.stdout.readline() == "begins\n", process.communicate()[1][-2000:]
        return process

    return begin


def end(process):
    """Waits for the end of a run and returns how many seconds that took."""
    begun = time.monotonic()
    ended = process.stdout.readline() == "ends\n"
    duration = time.monotonic() - begun
    _, errors = process.communicate()
    assert ended, errors[-2000:]
    return duration


def kill(process, seconds):
    """Kills a process after so many seconds; tells whether its run had not ended."""
    time.sleep(seconds)
    process.kill()
    return "ends" not in process.communicate()[0]


def outcome(run):
    """Returns the weights and files of a run that has ended."""
    weights = [weight.tobytes() for weight in ktl.load_classifier(run).get_weights()]
    return weights, (run / "history.json").read_bytes(), (run / "history.csv").read_bytes()


@pytest.mark.zoo
def test_killed_at_any_moment_it_ends_in_the_same_weights(begin_run, tmp_path):
    """One moment in each twentieth of the run; one that comes after its end is drawn again."""
    duration = end(begin_run("straight"))
    expected = outcome(tmp_path / "straight")
    moments = random.Random(0)
    differing, kills = [], 0
    for attempt in range(2 * KILLS):
        run, moment = str(attempt), duration * (kills + moments.random()) / KILLS
        if kill(begin_run(run), moment):
            kills += 1
        else:
            duration = moment
        end(begin_run(run))
        if outcome(tmp_path / run) != expected:
            differing.append(f"{moment:.2f} s of {duration:.2f} s")
        if kills == KILLS:
            break
    assert not differing
    assert kills == KILLS
