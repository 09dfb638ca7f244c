import itertools

import keras_tuner as kt
import pytest
from keras_tuner.engine.base_tuner import BaseTuner

from keras_tl.tuning.oracles import safe_oracle
from keras_tl.tuning.oracles.halving import HalvingOracle, Rung, split_into_rungs

pytestmark = pytest.mark.filterwarnings(
    r"ignore:(currentThread|getName)\(\) is deprecated:DeprecationWarning:keras_tuner"
)
BACKBONES = ["A", "B", "C", "D"]


def space():
    hp = kt.HyperParameters()
    hp.Choice("backbone", BACKBONES)
    for backbone in BACKBONES:
        with hp.conditional_scope("backbone", [backbone]):
            hp.Choice(f"boundary ({backbone})", ["middle", "end"], default="end")
    hp.Choice("head", ["linear", "mlp"])
    hp.Int("trainable_stages", 0, 3, default=0)
    with hp.conditional_scope("trainable_stages", [1, 2, 3]):
        hp.Float("backbone_rate", 1e-5, 1e-3, sampling="log")
    hp.Float("dropout", 0.0, 0.5, default=0.2)
    return hp


@pytest.fixture(autouse=True)
def _no_files(monkeypatch):
    """What comes of files is tested for all oracles in `test_oracles.py`."""
    monkeypatch.setattr(safe_oracle, "write_json", lambda path, value: None)


@pytest.fixture
def make(tmp_path):
    numbers = itertools.count()

    def make(**options):
        given = {"hyperparameters": space(), "max_trials": 12, "epochs": 9, "seed": 0, **options}
        given.setdefault("objective", kt.Objective("val_accuracy", "max"))
        oracle = HalvingOracle(**given)
        BaseTuner(oracle, directory=str(tmp_path), project_name=str(next(numbers)))
        return oracle

    return make


def skill(values):
    """A score in which the backbone counts most, then the rate of fine-tuning, then epochs."""
    head = {"A": 0.1, "B": 0.6, "C": 0.2, "D": 0.4}[values["backbone"]]
    middle = 0.05 * (values.get(f"boundary ({values['backbone']})") == "middle")
    tuned = 0.1 * values["trainable_stages"] / 3 if values["tuner/epochs"] else 0
    return head + middle + tuned + 0.001 * values["tuner/epochs"]


def end(oracle, trial, value=None, status="COMPLETED"):
    value = skill(trial.hyperparameters.values) if value is None else value
    oracle.update_trial(trial.trial_id, {oracle.objective.name: value})
    trial.status = status
    oracle.end_trial(trial)


def run(oracle, value=lambda values: None, status=lambda values: "COMPLETED"):
    while (trial := oracle.create_trial("tuner0")).status == "RUNNING":
        values = trial.hyperparameters.values
        end(oracle, trial, value(values), status(values))
    assert trial.status == "STOPPED"
    return [oracle.get_trial(name) for name in oracle.start_order]


def rungs_of(trials):
    found = {}
    for trial in trials:
        found.setdefault(trial.hyperparameters.values["tuner/rung"], []).append(trial)
    return [found[number] for number in sorted(found)]


@pytest.mark.parametrize(
    ("max_trials", "heads", "epochs", "factor", "expected"),
    [
        (12, 30, 9, 3, [(6, 0), (5, 3), (1, 9)]),
        (12, 4, 9, 3, [(4, 0), (6, 3), (2, 9)]),
        (20, 30, 10, 3, [(10, 0), (8, 4), (2, 10)]),
        (30, 6, 9, 3, [(6, 0), (18, 1), (5, 3), (1, 9)]),
        (30, 6, 2, 3, [(6, 0), (18, 1), (6, 2)]),
        (30, 6, 1, 3, [(6, 0), (24, 1)]),
        (14, 7, 8, 2, [(7, 0), (4, 2), (2, 4), (1, 8)]),
        (6, 0, 9, 3, [(0, 0), (5, 3), (1, 9)]),
        (3, 8, 9, 3, [(1, 0), (2, 9)]),
        (2, 8, 9, 3, [(1, 0), (1, 9)]),
        (1, 8, 9, 3, [(0, 0), (1, 9)]),
    ],
)
def test_trials_are_split_over_rungs(max_trials, heads, epochs, factor, expected):
    found = split_into_rungs(max_trials, heads, epochs=epochs, factor=factor)
    assert found == tuple(Rung(*rung) for rung in expected)


def test_every_split_uses_all_trials_and_ends_with_all_epochs():
    ranges = itertools.product(range(1, 41), (0, 1, 5, 50), (1, 2, 3, 10, 30), (2, 3, 4))
    for max_trials, heads, epochs, factor in ranges:
        first, *others = split_into_rungs(max_trials, heads, epochs=epochs, factor=factor)
        sizes, lengths = zip(*others, strict=True)
        assert first.trials + sum(sizes) == max_trials
        assert first == (min(heads, max_trials // 2), 0)
        assert lengths[-1] == epochs
        assert lengths == tuple(sorted(set(lengths)))
        assert list(sizes) == sorted(sizes, reverse=True)
        assert sizes[-1] >= 1
        assert all(more >= factor * fewer for more, fewer in itertools.pairwise(sizes))


def test_rung_0_scores_each_head_once_with_all_else_at_its_default(make):
    probes = [trial.hyperparameters.values for trial in rungs_of(run(make(max_trials=40)))[0]]
    fixed = {"trainable_stages": 0, "dropout": 0.2, "tuner/initial_epoch": 0, "tuner/rung": 0}
    assert probes == [
        {"backbone": b, f"boundary ({b})": end, "head": head, "tuner/epochs": 0, **fixed}
        for b in BACKBONES
        for end in ["end", "middle"]
        for head in ["linear", "mlp"]
    ]


def test_of_too_many_heads_half_the_trials_are_drawn(make):
    drawn = []
    for seed in range(3):
        probes = rungs_of(run(make(seed=seed)))[0]
        places = [
            (v["backbone"], v.get(f"boundary ({v['backbone']})"), v["head"])
            for v in (probe.hyperparameters.values for probe in probes)
        ]
        assert len({*places}) == len(places) == 6
        assert [place[0] for place in places] == sorted(place[0] for place in places)
        drawn.append(places)
    assert drawn[0] != drawn[1] != drawn[2]


def test_the_best_third_of_the_heads_is_fine_tuned_and_the_best_of_these_goes_on(make):
    oracle = make()
    probes, short, long = rungs_of(run(oracle))
    assert [len(probes), len(short), len(long)] == [6, 5, 1]
    assert oracle.rungs == (Rung(6, 0), Rung(5, 3), Rung(1, 9))

    names = {"backbone", "head", *(f"boundary ({b})" for b in BACKBONES)}
    heads = [
        {name: value for name, value in trial.hyperparameters.values.items() if name in names}
        for trial in sorted(probes, key=lambda trial: -trial.score)
    ]
    tuned = [trial.hyperparameters.values for trial in short]
    assert [heads.index({n: v for n, v in t.items() if n in names}) for t in tuned] == [0] * 3 + [
        1
    ] * 2
    assert len({values["dropout"] for values in tuned}) == 5
    assert all((v["tuner/epochs"], v["tuner/initial_epoch"]) == (3, 0) for v in tuned)
    assert all("tuner/trial_id" not in values for values in tuned)
    assert all(("backbone_rate" in v) == (v["trainable_stages"] > 0) for v in tuned)

    best = max(short, key=lambda trial: trial.score)
    assert long[0].hyperparameters.values == {
        **best.hyperparameters.values,
        "tuner/epochs": 9,
        "tuner/initial_epoch": 3,
        "tuner/rung": 2,
        "tuner/trial_id": best.trial_id,
    }


def depths_first(oracle):
    """Depths, rates and dropouts of the first trials after the probe."""
    tuned = [t.hyperparameters.values for t in rungs_of(run(oracle, value=lambda v: 0.5))[1]]
    return [(v["trainable_stages"], v.get("rate"), v["dropout"]) for v in tuned]


@pytest.fixture
def one_head():
    hp = kt.HyperParameters()
    hp.Choice("backbone", ["A"])
    hp.Int("trainable_stages", 0, 3, default=0)
    with hp.conditional_scope("trainable_stages", [1, 2, 3]):
        hp.Float("rate", 1e-5, 1e-3, sampling="log", default=1e-4)
    hp.Float("dropout", 0.0, 0.5, default=0.2)
    return hp


def test_every_depth_is_tried_at_its_defaults_before_anything_is_drawn(make, one_head):
    tried = depths_first(make(hyperparameters=one_head, max_trials=12))
    assert tried[:4] == [(0, None, 0.2), (1, 1e-4, 0.2), (2, 1e-4, 0.2), (3, 1e-4, 0.2)]
    assert len(tried) == 9
    assert all(dropout != 0.2 for _, _, dropout in tried[4:])


def test_with_few_trials_every_other_depth_is(make, one_head):
    tried = depths_first(make(hyperparameters=one_head, max_trials=7))
    assert [depth for depth, _, dropout in tried if dropout == 0.2] == [0, 2]


def test_each_rung_has_its_number_of_the_best_of_the_one_before(make):
    oracle = make(max_trials=30)
    rungs = rungs_of(run(oracle))
    assert oracle.rungs == (Rung(15, 0), Rung(11, 1), Rung(3, 3), Rung(1, 9))
    assert [len(trials) for trials in rungs] == [15, 11, 3, 1]
    for before, after in itertools.pairwise(rungs[1:]):
        best = sorted(before, key=lambda trial: -trial.score)[: len(after)]
        values = [trial.hyperparameters.values for trial in after]
        assert [v["tuner/trial_id"] for v in values] == [trial.trial_id for trial in best]
        begun = {trial.hyperparameters.values["tuner/epochs"] for trial in before}
        assert {v["tuner/initial_epoch"] for v in values} == begun


@pytest.mark.parametrize("seed", range(3))
def test_the_planted_best_is_found(make, seed):
    oracle = make(max_trials=24, seed=seed)
    trials = run(oracle)
    best = oracle.get_best_trials()[0].hyperparameters.values
    assert best["tuner/epochs"] == 9
    assert best["backbone"] == "B"
    fine_tuned = [
        t.hyperparameters.values for t in trials if t.hyperparameters.values["tuner/rung"]
    ]
    assert best["trainable_stages"] == max(v["trainable_stages"] for v in fine_tuned)


def test_where_less_is_better_the_least_goes_on(make):
    objective = kt.Objective("val_loss", "min")
    _, short, long = rungs_of(run(make(objective=objective), value=lambda v: v["dropout"]))
    best = min(short, key=lambda trial: trial.score)
    assert long[0].hyperparameters.values["tuner/trial_id"] == best.trial_id


def test_of_equal_scores_the_earlier_goes_on(make):
    probes, short, long = rungs_of(run(make(), value=lambda values: 0.5))
    first = probes[0].hyperparameters.values
    assert short[0].hyperparameters.values["backbone"] == first["backbone"]
    assert long[0].hyperparameters.values["tuner/trial_id"] == short[0].trial_id


def test_of_equal_scores_that_with_the_lower_loss_goes_on(make, one_head):
    oracle = make(hyperparameters=one_head, max_trials=12)
    while (trial := oracle.create_trial("tuner0")).status == "RUNNING":
        loss = 1.0 - trial.hyperparameters.values["trainable_stages"] / 10
        oracle.update_trial(trial.trial_id, {"val_accuracy": 0.5, "val_loss": loss})
        end(oracle, trial, 0.5)
    _, short, long = rungs_of([oracle.get_trial(name) for name in oracle.start_order])
    deepest = [t.trial_id for t in short if t.hyperparameters.values["trainable_stages"] == 3]
    begun = [trial.hyperparameters.values["tuner/trial_id"] for trial in long]
    assert begun == deepest[: len(begun)]


def test_a_tuner_waits_until_a_rung_is_over_unless_it_has_another_trial(make):
    oracle = make()
    running = [oracle.create_trial(f"tuner{number}") for number in range(6)]
    assert [trial.hyperparameters.values["tuner/rung"] for trial in running] == [0] * 6
    assert oracle.create_trial("another").status == "IDLE"
    for trial in running[1:]:
        end(oracle, trial)
        assert oracle.create_trial("another").status == "IDLE"
    end(oracle, running[0])
    trial = oracle.create_trial("another")
    assert (trial.status, trial.hyperparameters.values["tuner/rung"]) == ("RUNNING", 1)


def test_how_many_run_at_once_does_not_change_what_is_tried(make):
    alone = [trial.hyperparameters.values for trial in run(make())]
    oracle, held, is_over = make(), {}, False
    while not is_over:
        for tuner in ("tuner0", "tuner1", "tuner2"):
            if tuner in held:
                end(oracle, held.pop(tuner))
            trial = oracle.create_trial(tuner)
            if trial.status == "RUNNING":
                held[tuner] = trial
            is_over = trial.status == "STOPPED"
    together = [oracle.get_trial(name).hyperparameters.values for name in oracle.start_order]
    assert together == alone


def test_a_failed_trial_is_neither_promoted_nor_waited_for(make):
    oracle = make(max_consecutive_failed_trials=9)
    best = max(trial.score for trial in rungs_of(run(make()))[1])
    trials = run(oracle, status=lambda v: "FAILED" if skill(v) in (best, 0.65) else "COMPLETED")
    probes, short, long = rungs_of(trials)
    assert [len(probes), len(short), len(long)] == [6, 5, 1]
    failed = [trial for trial in trials if trial.status == "FAILED"]
    assert failed
    assert long[0].hyperparameters.values["tuner/trial_id"] not in {t.trial_id for t in failed}
    alive = [trial for trial in short if trial.status == "COMPLETED"]
    assert skill(long[0].hyperparameters.values) >= max(trial.score for trial in alive)


@pytest.mark.parametrize("rung", [0, 1])
def test_a_rung_of_which_all_fail_ends_the_search(make, rung):
    oracle = make(max_consecutive_failed_trials=9)
    trials = run(oracle, status=lambda v: "FAILED" if v["tuner/rung"] == rung else "COMPLETED")
    assert len(trials) == [6, 11][rung]


def test_a_space_without_head_settings_begins_with_fine_tuning(make):
    hp = kt.HyperParameters()
    hp.Float("dropout", 0.0, 0.5)
    trials = run(make(hyperparameters=hp, max_trials=6), value=lambda v: v["dropout"])
    short, long = rungs_of(trials)
    assert [len(short), len(long)] == [5, 1]
    assert len({trial.hyperparameters.values["dropout"] for trial in short}) == 5
    assert {trial.hyperparameters.values["tuner/epochs"] for trial in short} == {3}


def test_a_head_whose_settings_are_used_up_leaves_trials_to_the_next(make):
    hp = kt.HyperParameters()
    hp.Choice("backbone", BACKBONES)
    hp.Int("trainable_stages", 0, 3)
    with hp.conditional_scope("backbone", ["D"]):
        hp.Choice("recipe", ["lp-ft", "gradual-unfreezing"])
    probes, short, *_ = rungs_of(run(make(hyperparameters=hp, max_trials=20, factor=2)))
    assert len(probes) == 4
    tuned = [trial.hyperparameters.values["backbone"] for trial in short]
    assert tuned == ["B"] * 4 + ["D"] * 5


def test_a_factor_below_2_is_an_error(make):
    with pytest.raises(ValueError, match=r"`factor` must be an integer >= 2. Received: factor=1"):
        make(factor=1)
