import collections
import os
import shutil

import keras_tuner as kt
import pytest
import scipy.optimize
from keras_tuner.engine.base_tuner import BaseTuner
from keras_tuner.engine.trial import Trial

from keras_tl.foundation.files import digest, write_json
from keras_tl.tuning.oracles import safe_oracle
from keras_tl.tuning.oracles.draws import combinations
from keras_tl.tuning.oracles.table import ORACLES, make_oracle

pytestmark = pytest.mark.filterwarnings(
    r"ignore:(currentThread|getName)\(\) is deprecated:DeprecationWarning:keras_tuner"
)
every_oracle = pytest.mark.parametrize("name", ORACLES)
MAX_TRIALS = 9


def space():
    hp = kt.HyperParameters()
    hp.Choice("backbone", ["A", "B", "C"])
    for backbone in "ABC":
        with hp.conditional_scope("backbone", [backbone]):
            hp.Choice("boundary", [f"{backbone}1", f"{backbone}2"])
    hp.Int("trainable_stages", 0, 3)
    with hp.conditional_scope("trainable_stages", [1, 2, 3]):
        hp.Choice("recipe", ["lp-ft", "gradual-unfreezing"])
        hp.Float("backbone_rate", 1e-5, 1e-3, sampling="log")
    hp.Choice("head", ["linear", "mlp"])
    hp.Float("dropout", 0.0, 0.5)
    return hp


def small_space():
    hp = kt.HyperParameters()
    hp.Choice("backbone", ["A", "B", "C"])
    hp.Choice("head", ["linear", "mlp"])
    return hp


@pytest.fixture(autouse=True)
def _quick_minimum(monkeypatch):
    """Bayesian optimization then takes the best of its starting points, as if none converged."""

    def minimize(function, x0, **options):
        found = function(x0)
        value = found[0] if options.get("jac") else found
        return scipy.optimize.OptimizeResult(x=x0, fun=value, status=1, nit=1, message="")

    monkeypatch.setattr(scipy.optimize, "minimize", minimize)


@pytest.fixture(autouse=True)
def _no_files(monkeypatch):
    """Most of what is tested here needs no files."""
    monkeypatch.setattr(safe_oracle, "write_json", lambda path, value: None)
    monkeypatch.setattr(os, "fsync", lambda file: None)


@pytest.fixture
def on_disk(monkeypatch):
    monkeypatch.setattr(safe_oracle, "write_json", write_json)


@pytest.fixture
def make(tmp_path):
    def make(name, project="search", hyperparameters=None, **options):
        options = {"max_trials": MAX_TRIALS, "epochs": 9, "seed": 0, **options}
        oracle = make_oracle(name, hyperparameters or space(), **options)
        BaseTuner(oracle, directory=str(tmp_path), project_name=project)
        return oracle

    return make


def score(values):
    return int(digest(repr(sorted(values.items())))[:6], 16) / 16**6


def run(oracle, tuner="tuner0", status=lambda trial: "COMPLETED", returned=lambda trial: trial):
    """Runs a search to its end with a made-up objective."""
    while (trial := oracle.create_trial(tuner)).status == "RUNNING":
        oracle.update_trial(trial.trial_id, {"val_accuracy": score(trial.hyperparameters.values)})
        trial.status = status(trial)
        oracle.end_trial(returned(trial))
        oracle.save()
    assert trial.status == "STOPPED"
    return history(oracle)


def sent_over_the_wire(trial):
    """What a chief gets back from a worker; KerasTuner adds values that are not active."""
    return Trial.from_proto(trial.to_proto())


def history(oracle):
    return [oracle.get_trial(name).hyperparameters.values for name in oracle.start_order]


def settings(values):
    return {name: value for name, value in values.items() if not name.startswith("tuner/")}


@every_oracle
def test_values_are_those_of_active_hyperparameters_and_within_the_space(make, name):
    for values in map(settings, run(make(name))):
        backbone, is_frozen = values["backbone"], values["trainable_stages"] == 0
        scoped = set() if is_frozen else {"recipe", "backbone_rate"}
        always = {"backbone", "boundary", "trainable_stages", "head", "dropout"}
        assert set(values) == always | scoped
        assert {type(value) for value in values.values()} <= {str, int, float}
        assert values["boundary"] in (f"{backbone}1", f"{backbone}2")
        assert values["trainable_stages"] in range(4)
        assert values["head"] in ("linear", "mlp")
        assert 0.0 <= values["dropout"] <= 0.5
        assert 1e-5 <= values.get("backbone_rate", 1e-4) <= 1e-3
        assert values.get("recipe", "lp-ft") in ("lp-ft", "gradual-unfreezing")


@every_oracle
def test_a_search_has_max_trials_and_then_stops(make, name):
    oracle = make(name)
    assert len(run(oracle)) == MAX_TRIALS
    assert oracle.create_trial("tuner0").status == "STOPPED"
    assert oracle.create_trial("another").status == "STOPPED"
    assert len(oracle.trials) == MAX_TRIALS


@every_oracle
def test_no_trial_is_another_one_again(make, name):
    found = run(make(name, max_trials=15))
    assert all(values not in found[:index] for index, values in enumerate(found))


@pytest.mark.parametrize("name", ["random", "bayesian", "grid"])
def test_all_of_a_small_space_is_tried_once(make, name):
    found = run(make(name, hyperparameters=small_space(), max_trials=30))
    everything = list(combinations(small_space().space))
    assert sorted(map(str, found)) == sorted(map(str, everything))


@pytest.mark.parametrize(("name", "least"), [("hyperband", 1), ("halving", 0)])
def test_a_small_space_ends_a_search_that_rations_epochs(make, name, least):
    found = run(make(name, hyperparameters=small_space(), max_trials=30))
    firsts = [settings(values) for values in found if values["tuner/epochs"] == least]
    everything = list(combinations(small_space().space))
    assert sorted(map(str, firsts)) == sorted(map(str, everything))
    assert len(found) < 30


@every_oracle
@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_gives_the_same_trials(make, name, seed):
    assert run(make(name, "one", seed=seed)) == run(make(name, "two", seed=seed))


@pytest.mark.parametrize("name", sorted({*ORACLES} - {"grid"}))
def test_another_seed_gives_other_trials(make, name):
    rates = [
        {values["dropout"] for values in run(make(name, str(seed), seed=seed))} - {0.0}
        for seed in range(3)
    ]
    assert all(rates)
    assert len(set().union(*rates)) == sum(map(len, rates))


def states_of_the_disk(oracle, monkeypatch, tmp_path):
    """Runs a search and returns copies of its directory: all that a kill could have left."""
    states = []
    replace = os.replace

    def copy_and_replace(source, target):
        states.append(tmp_path / f"state{len(states)}")
        shutil.copytree(
            tmp_path / "whole",
            states[-1],
            ignore=lambda _, names: {name for name in names if name.startswith(".")},
        )
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", copy_and_replace)
        run(oracle)
    return states


@every_oracle
def test_a_search_that_was_killed_anywhere_ends_as_if_it_had_not_been(
    make, name, monkeypatch, tmp_path, on_disk
):
    hp = kt.HyperParameters()
    hp.Choice("backbone", ["A", "B", "C", "D"])
    with hp.conditional_scope("backbone", ["A", "B"]):
        hp.Float("backbone_rate", 1e-5, 1e-3, sampling="log")
    hp.Int("trainable_stages", 0, 3)
    budget = {"max_trials": 8 if name == "halving" else 5, "epochs": 3, "hyperparameters": hp}
    oracle = make(name, "whole", **budget)
    states = states_of_the_disk(oracle, monkeypatch, tmp_path)
    assert len(states) == len(oracle.trials) * len(["begin"] * 2 + ["report"] + ["end"] * 3)
    monkeypatch.setattr(safe_oracle, "write_json", lambda path, value: None)
    for state in states:
        again = make(name, state.name, **budget)
        again.reload()
        finished = {n for n, trial in again.trials.items() if trial.status == "COMPLETED"}
        begun = []
        run(again, status=lambda trial, begun=begun: begun.append(trial.trial_id) or "COMPLETED")
        assert history(again) == history(oracle)
        assert again.end_order == oracle.end_order
        assert begun == [n for n in oracle.start_order if n not in finished]
        for n, trial in oracle.trials.items():
            assert again.get_trial(n).get_state() == trial.get_state()


@every_oracle
def test_two_tuners_share_a_search_and_leave_no_trial_out(make, name):
    oracle = make(name)
    held, is_over = {}, set()
    while len(is_over) < 2:
        for tuner in ("tuner0", "tuner1"):
            trial = held.pop(tuner, None)
            if trial is not None:
                result = {"val_accuracy": score(trial.hyperparameters.values)}
                oracle.update_trial(trial.trial_id, result)
                trial.status = "COMPLETED"
                oracle.end_trial(trial)
            trial = oracle.create_trial(tuner)
            if trial.status == "RUNNING":
                held[tuner] = trial
            is_over |= {tuner} if trial.status == "STOPPED" else set()
    assert len(oracle.trials) == MAX_TRIALS
    assert sorted(oracle.end_order) == sorted(oracle.start_order) == sorted(oracle.trials)
    found = history(oracle)
    assert all(values not in found[:index] for index, values in enumerate(found))


@every_oracle
def test_workers_of_a_chief_change_nothing(make, name):
    scoped = kt.HyperParameters()
    scoped.Choice("backbone", ["A", "B"])
    for backbone in "AB":
        with scoped.conditional_scope("backbone", [backbone]):
            scoped.Choice(f"boundary ({backbone})", ["end", "stage3"])
            scoped.Float(f"backbone_rate ({backbone})", 1e-5, 1e-3, sampling="log")
    alone = run(make(name, "alone", hyperparameters=scoped))
    sent = run(make(name, "sent", hyperparameters=scoped), returned=sent_over_the_wire)
    assert sent == alone


@every_oracle
def test_trials_of_two_tuners_that_were_interrupted_come_first_and_in_order(make, name, on_disk):
    oracle = make(name)
    begun = [oracle.create_trial(tuner) for tuner in ("tuner0", "tuner1")]
    again = make(name)
    again.reload()
    resumed = [again.create_trial(tuner) for tuner in ("tuner0", "tuner1")]
    assert [trial.trial_id for trial in resumed] == [trial.trial_id for trial in begun]
    for old, new in zip(begun, resumed, strict=True):
        assert new.hyperparameters.values == old.hyperparameters.values
    assert again.create_trial("tuner2").trial_id not in {trial.trial_id for trial in begun}


@every_oracle
def test_trials_that_fail_count_and_do_not_hold_up_a_search(make, name):
    oracle = make(name)
    found = run(oracle, status=lambda t: "INVALID" if int(t.trial_id) % 2 else "COMPLETED")
    outcomes = collections.Counter(trial.status for trial in oracle.trials.values())
    assert len(found) == MAX_TRIALS
    assert outcomes == {"COMPLETED": 5, "FAILED": 4}
    failed = {name for name, trial in oracle.trials.items() if trial.status == "FAILED"}
    assert not failed & {values.get("tuner/trial_id") for values in found}


@every_oracle
def test_the_tuner_of_kerastuner_runs_a_search_without_a_word(make, name, tmp_path, capsys):
    class Tuner(kt.Tuner):
        def run_trial(self, trial):
            return {"val_accuracy": score(trial.hyperparameters.values)}

    tuner = Tuner(make(name), directory=str(tmp_path), project_name="search")
    capsys.readouterr()
    tuner.search()
    assert capsys.readouterr() == ("", "")
    assert history(tuner.oracle) == run(make(name, "other"))
    best = max(score(values) for values in history(tuner.oracle))
    assert tuner.oracle.get_best_trials()[0].score == best


def test_random_trials_are_in_the_order_in_which_caches_are_used_again(make):
    found = [
        (values["backbone"], values["boundary"], values["head"], values["trainable_stages"])
        for values in run(make("random", max_trials=40))
    ]
    assert found == sorted(found)
    assert len({place[0] for place in found}) == 3


def test_a_random_search_goes_on_with_more_trials_than_it_began_with(make, on_disk):
    first = run(make("random"))
    oracle = make("random", max_trials=12)
    oracle.reload()
    found = run(oracle)
    assert found[:MAX_TRIALS] == first
    more = run(make("random", "whole", max_trials=12))
    assert sorted(map(str, found)) == sorted(map(str, more))


def discrete_space():
    hp = kt.HyperParameters()
    hp.Choice("backbone", ["A", "B"], default="B")
    hp.Int("trainable_stages", 0, 2)
    with hp.conditional_scope("trainable_stages", [1, 2]):
        hp.Choice("recipe", ["lp-ft", "gradual-unfreezing"])
    hp.Boolean("flip")
    return hp


def test_a_grid_has_the_order_of_kerastuner_and_the_backbone_changes_slowest(make, tmp_path):
    objective = kt.Objective("val_accuracy", "max")
    theirs = kt.oracles.GridSearchOracle(objective, hyperparameters=discrete_space())
    theirs.verbose = 0
    BaseTuner(theirs, directory=str(tmp_path), project_name="theirs")
    found = run(make("grid", hyperparameters=discrete_space(), max_trials=None))
    assert found == run(theirs)
    assert [values["backbone"] for values in found] == ["B"] * 10 + ["A"] * 10


def test_bayesian_trials_go_where_the_score_is_after_a_random_third(make):
    hp = kt.HyperParameters()
    hp.Float("x", 0.0, 1.0)
    oracle = make("bayesian", hyperparameters=hp, max_trials=12)
    while (trial := oracle.create_trial("tuner0")).status == "RUNNING":
        x = trial.hyperparameters.values["x"]
        oracle.update_trial(trial.trial_id, {"val_accuracy": 1 - abs(x - 0.7)})
        trial.status = "COMPLETED"
        oracle.end_trial(trial)
    distances = [abs(values["x"] - 0.7) for values in history(oracle)]
    assert sum(distances[8:]) < sum(distances[:4]) / 2
    assert min(distances) < 0.05


def test_hyperband_goes_on_with_the_best(make):
    oracle = make("hyperband", max_trials=None)
    found = run(oracle)
    promoted = [values for values in found if "tuner/trial_id" in values]
    assert promoted
    for values in promoted:
        parent = oracle.get_trial(values["tuner/trial_id"]).hyperparameters.values
        assert settings(parent) == settings(values)
        assert parent["tuner/epochs"] == values["tuner/initial_epoch"] < values["tuner/epochs"]
    assert max(values["tuner/epochs"] for values in found) == 9


def test_an_oracle_that_is_ready_is_returned_as_it_is():
    empty = kt.oracles.RandomSearchOracle(kt.Objective("val_loss", "min"), max_trials=2, seed=1)
    given = {"max_trials": 9, "epochs": 3, "seed": 0}
    assert make_oracle(empty, space(), **given) is empty
    assert [hp.name for hp in empty.get_space().space] == [hp.name for hp in space().space]
    assert (empty.max_trials, empty.seed, empty.objective.direction) == (2, 1, "min")
    make_oracle(empty, small_space(), **given)
    assert len(empty.get_space().space) == len(space().space)


def test_without_a_space_the_hypermodel_declares_it(make, tmp_path):
    class Tuner(kt.Tuner):
        def run_trial(self, trial):
            return {"val_accuracy": trial.hyperparameters.get("x")}

    oracle = make_oracle("random", None, max_trials=3, epochs=1, seed=0)
    model = lambda hp: hp.Float("x", 0.0, 1.0)  # noqa: E731
    tuner = Tuner(oracle, hypermodel=model, directory=str(tmp_path), project_name="own")
    tuner.search()
    assert len({values["x"] for values in history(oracle)}) == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"oracle": "bayesain"}, "`oracle` must be one of .*'halving'.*Did you mean 'bayesian'"),
        ({"oracle": 3}, "`oracle` must be one of 'random'.*Received: oracle=3"),
        ({"direction": "up"}, "`direction` must be one of 'max', 'min'. Received: direction='up'"),
        ({"max_trials": 0}, "`max_trials` must be an integer >= 1. Received: max_trials=0"),
        ({"max_trials": None}, "`max_trials` must be an integer >= 1. Received: max_trials=None"),
        ({"epochs": 0}, "`epochs` must be an integer >= 1. Received: epochs=0"),
        ({"seed": -1}, "`seed` must be an integer >= 0. Received: seed=-1"),
        ({"seed": None}, "`seed` must be an integer >= 0. Received: seed=None"),
        ({"max_seconds": -1}, "`max_seconds` must be between 0 and inf. Received: max_seconds=-1"),
    ],
)
def test_arguments_that_mean_nothing_are_errors(changes, message):
    given = {"oracle": "random", "max_trials": 3, "epochs": 1, "seed": 0, **changes}
    with pytest.raises(ValueError, match=message):
        make_oracle(given.pop("oracle"), space(), **given)
