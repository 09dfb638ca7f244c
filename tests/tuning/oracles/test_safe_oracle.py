import errno
import json
import os

import keras_tuner as kt
import pytest
from keras_tuner.engine.base_tuner import BaseTuner

from keras_tl.tuning.oracles import stopwatch
from keras_tl.tuning.oracles.draws import combinations
from keras_tl.tuning.oracles.safe_oracle import SafeOracle, running
from keras_tl.tuning.oracles.table import GridOracle, RandomOracle

pytestmark = pytest.mark.filterwarnings(
    r"ignore:(currentThread|getName)\(\) is deprecated:DeprecationWarning:keras_tuner"
)
OBJECTIVE = kt.Objective("val_accuracy", "max")


def space():
    hp = kt.HyperParameters()
    hp.Choice("backbone", ["A", "B"])
    for backbone in "AB":
        with hp.conditional_scope("backbone", [backbone]):
            hp.Choice("boundary", [f"{backbone}1", f"{backbone}2"])
    hp.Int("trainable_stages", 0, 3)
    return hp


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda file: None)


@pytest.fixture
def make(tmp_path):
    def make(kind=RandomOracle, project="search", **options):
        given = {"objective": OBJECTIVE, "hyperparameters": space(), "epochs": 1, "seed": 0}
        oracle = kind(**{**given, "max_trials": 6, **options})
        BaseTuner(oracle, directory=str(tmp_path), project_name=project)
        return oracle

    return make


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "search"


@pytest.fixture
def now(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(stopwatch, "monotonic", lambda: now[0])
    return now


def report(oracle, trial, value=0.5):
    oracle.update_trial(trial.trial_id, {"val_accuracy": value})


def end(oracle, trial, status="COMPLETED", value=0.5):
    report(oracle, trial, value)
    trial.status = status
    oracle.end_trial(trial)


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.json")}


def test_files_are_those_of_kerastuner(make, folder):
    oracle = make()
    trial = oracle.create_trial("tuner0")
    end(oracle, trial, value=0.25)
    path = folder / f"trial_{trial.trial_id}" / "trial.json"
    assert sorted(contents(folder)) == ["oracle.json", str(path.relative_to(folder))]
    assert json.loads((folder / "oracle.json").read_text())["end_order"] == [trial.trial_id]
    theirs = kt.engine.trial.Trial.load(str(path))
    assert (theirs.score, theirs.status) == (0.25, "COMPLETED")
    assert theirs.hyperparameters.values == trial.hyperparameters.values


@pytest.fixture
def disk(monkeypatch):
    """How many more files the disk takes."""
    disk = [10**6]
    replace = os.replace

    def replace_while_there_is_room(source, target):
        disk[0] -= 1
        if disk[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        replace(source, target)

    monkeypatch.setattr(os, "replace", replace_while_there_is_room)
    return disk


@pytest.mark.parametrize(
    ("moment", "writes"), [("begin", 0), ("begin", 1), ("report", 0), ("end", 0), ("end", 1)]
)
def test_a_full_disk_leaves_every_file_whole_and_the_search_goes_on_later(
    make, folder, disk, moment, writes
):
    whole = make(project="whole")
    expected = [whole.create_trial(tuner) for tuner in ("tuner0", "tuner1")]
    oracle = make()
    trial = None if moment == "begin" else oracle.create_trial("tuner0")
    if moment == "end":
        report(oracle, trial)
        trial.status = "COMPLETED"
    moments = {
        "begin": lambda: oracle.create_trial("tuner0"),
        "report": lambda: report(oracle, trial),
        "end": lambda: oracle.end_trial(trial),
    }
    before = contents(folder)
    disk[0] = writes
    with pytest.raises(OSError, match=r"(oracle|trial)\.json.*free space"):
        moments[moment]()
    disk[0] = 10**6
    after = contents(folder)
    assert sum(after[name] != before.get(name) for name in after) == writes
    assert all(json.loads(content) for content in after.values())
    assert not any(os.path.basename(name).startswith(".") for name in after)
    again = make()
    again.reload()
    for trial in expected[(moment, writes) == ("end", 1) :]:
        found = again.create_trial("tuner0")
        assert found.trial_id == trial.trial_id
        assert found.hyperparameters.values == trial.hyperparameters.values
        end(again, found)


def test_what_a_run_reported_before_it_was_cut_off_is_forgotten(make):
    oracle = make()
    trial = oracle.create_trial("tuner0")
    report(oracle, trial, 0.9)
    again = make()
    again.reload()
    trial = again.create_trial("tuner0")
    assert not trial.metrics.exists("val_accuracy")
    end(again, trial, value=0.2)
    assert again.get_trial(trial.trial_id).score == 0.2


@pytest.mark.filterwarnings("ignore:All-NaN axis encountered:RuntimeWarning:keras_tuner")
def test_what_an_invalid_run_reported_is_forgotten(make):
    oracle = make(max_retries_per_trial=1)
    trial = oracle.create_trial("tuner0")
    end(oracle, trial, value=float("nan"))
    again = oracle.create_trial("tuner0")
    assert again.trial_id == trial.trial_id
    assert not again.metrics.exists("val_accuracy")
    end(oracle, again, value=0.2)
    assert oracle.get_trial(trial.trial_id).score == 0.2


def test_a_trial_that_waits_to_be_run_again_waits_once_after_a_resume(make):
    oracle = make(max_retries_per_trial=1)
    end(oracle, oracle.create_trial("tuner0"), status="INVALID")
    again = make(max_retries_per_trial=1)
    again.reload()
    ids = [again.create_trial(tuner).trial_id for tuner in ("tuner0", "tuner1", "tuner2")]
    assert ids == ["0", "1", "2"]


@pytest.mark.parametrize("status", ["COMPLETED", "FAILED"])
def test_a_trial_that_ended_before_the_oracle_took_note_is_not_run_again(make, folder, status):
    oracle = make()
    first = oracle.create_trial("tuner0")
    before = (folder / "oracle.json").read_bytes()
    end(oracle, first, status)
    (folder / "oracle.json").write_bytes(before)
    again = make()
    again.reload()
    assert again.create_trial("tuner0").trial_id == "1"
    assert again.end_order == ["0"]
    assert again.get_trial("0").status == status


def test_a_trial_that_the_oracle_does_not_know_yet_is_the_next_one(make, folder):
    oracle = make()
    end(oracle, oracle.create_trial("tuner0"))
    before = (folder / "oracle.json").read_bytes()
    lost = oracle.create_trial("tuner0")
    (folder / "oracle.json").write_bytes(before)
    again = make()
    again.reload()
    found = again.create_trial("tuner0")
    assert (found.trial_id, found.hyperparameters.values) == ("1", lost.hyperparameters.values)
    assert again.start_order == ["0", "1"]


def test_a_result_that_the_oracle_does_not_know_is_an_error_and_stays(make, folder):
    oracle = make()
    end(oracle, oracle.create_trial("tuner0"))
    before = contents(folder)
    os.remove(folder / "oracle.json")
    with pytest.raises(ValueError, match=r"oracle\.json': it does not know .*trial_0.*another dir"):
        make().reload()
    assert contents(folder) == {name: before[name] for name in before if "trial" in name}


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"start_order": ["0"]}', '{"start_order": 3}']
)
def test_a_damaged_oracle_file_is_an_error_that_names_it(make, folder, content):
    oracle = make()
    end(oracle, oracle.create_trial("tuner0"))
    (folder / "oracle.json").write_text(content)
    with pytest.raises(ValueError, match=r"oracle\.json': .*another directory"):
        make().reload()


@pytest.mark.parametrize("damage", [lambda p: p.write_text('{"trial_'), os.remove])
def test_a_damaged_trial_is_an_error_that_names_it(make, folder, damage):
    oracle = make()
    end(oracle, oracle.create_trial("tuner0"))
    damage(folder / "trial_0" / "trial.json")
    with pytest.raises(ValueError, match=r"trial_0.trial\.json': .*another directory"):
        make().reload()


def test_a_directory_may_have_any_name(make):
    oracle = make(project="[a] *?")
    first = oracle.create_trial("tuner0")
    again = make(project="[a] *?")
    again.reload()
    assert again.create_trial("tuner0").hyperparameters.values == first.hyperparameters.values


def test_a_project_of_kerastuner_is_taken_over(make, tmp_path):
    theirs = kt.oracles.RandomSearchOracle(OBJECTIVE, 6, hyperparameters=space(), seed=3)
    theirs.verbose = 0
    BaseTuner(theirs, directory=str(tmp_path), project_name="search")
    end(theirs, theirs.create_trial("tuner0"), value=0.3)
    begun = theirs.create_trial("tuner0")
    oracle = make(GridOracle)
    oracle.reload()
    assert oracle.get_trial("0").score == 0.3
    found = oracle.create_trial("tuner0")
    assert (found.trial_id, found.hyperparameters.values) == ("1", begun.hyperparameters.values)


def test_names_that_stand_under_two_conditions_keep_their_values(make):
    oracle = make(GridOracle, max_trials=None)
    found = []
    while (trial := oracle.create_trial("tuner0")).status == "RUNNING":
        end(oracle, trial)
        found.append(oracle.get_trial(trial.trial_id).hyperparameters.values)
    assert found == list(combinations(space().space))
    again = make(GridOracle, max_trials=None)
    again.reload()
    assert again.tried() == found


def test_a_trial_may_not_add_to_a_space_that_is_given(make):
    oracle = make()
    trial = oracle.create_trial("tuner0")
    trial.hyperparameters.Float("extra", 0.0, 1.0)
    with pytest.raises(RuntimeError, match="extra"):
        end(oracle, trial)


def test_no_trial_begins_after_the_time_is_spent_and_those_that_run_end(make, now):
    oracle = make(max_seconds=60)
    now[0] += 500
    first = oracle.create_trial("tuner0")
    now[0] += 59
    second = oracle.create_trial("tuner1")
    now[0] += 1
    end(oracle, first)
    assert oracle.create_trial("tuner0").status == "STOPPED"
    now[0] += 100
    end(oracle, second, value=0.7)
    assert oracle.create_trial("tuner1").status == "STOPPED"
    assert oracle.get_best_trials()[0].trial_id == second.trial_id
    now[0] += 1000
    assert oracle.seconds_spent == 160


def test_time_is_summed_over_sessions_and_the_time_between_does_not_count(make, now):
    oracle = make(max_seconds=60)
    end(oracle, oracle.create_trial("tuner0"))
    now[0] += 40
    end(oracle, oracle.create_trial("tuner0"))
    now[0] += 1000
    oracle = make(max_seconds=60)
    oracle.reload()
    assert oracle.seconds_spent == 40
    now[0] += 1000
    interrupted = oracle.create_trial("tuner0")
    now[0] += 20
    oracle.save()
    oracle = make(max_seconds=60)
    oracle.reload()
    resumed = oracle.create_trial("tuner0")
    assert resumed.trial_id == interrupted.trial_id
    end(oracle, resumed)
    assert oracle.create_trial("tuner0").status == "STOPPED"
    assert len(oracle.trials) == 3


def test_more_time_lets_a_search_go_on(make, now):
    oracle = make(max_seconds=60)
    trial = oracle.create_trial("tuner0")
    now[0] += 61
    end(oracle, trial)
    assert oracle.create_trial("tuner0").status == "STOPPED"
    oracle = make(max_seconds=120)
    oracle.reload()
    assert oracle.create_trial("tuner0").status == "RUNNING"


def test_an_oracle_of_ones_own_needs_to_propose_values_only(make):
    class Counting(SafeOracle):
        def propose(self, trial_id):
            return running({"x": len(self.trials)} if len(self.trials) < 2 else None)

    hp = kt.HyperParameters()
    hp.Int("x", 0, 9)
    oracle = make(Counting, hyperparameters=hp)
    for x in range(2):
        trial = oracle.create_trial("tuner0")
        assert trial.hyperparameters.values == {"x": x}
        end(oracle, trial)
    assert oracle.create_trial("tuner0").status == "STOPPED"
