import csv
import errno

import pytest

import keras_tl as ktl
from keras_tl.structure.plan import Selection
from keras_tl.training.history import stage_rates, write_history_csv
from keras_tl.training.phases import PhaseResult

PLANS = {
    "head": (ktl.Plan.freeze_to(-1), [0, 0, 1]),
    "all": (ktl.Plan.freeze_to(0), [1, 1, 1]),
    "decay": (ktl.Plan.layer_decay(0.5), [0.25, 0.5, 1]),
    "by stage": (ktl.Plan.by_stage({"stage2": 0.1, "head": 3.0}), [0, 0.1, 3]),
    "surgical": (ktl.Plan.surgical("stage1", "stage2"), [1, 0, 1]),
    "norms": (ktl.Plan.only("norm"), [1, 1, 1]),
    "two rates in a stage": (
        ktl.Plan((Selection(kinds=("bias",), rate=2.0), Selection())),
        [2] * 3,
    ),
}


def result(name, rows):
    return PhaseResult(name, "", (), tuple(rows), {})


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", PLANS)
def test_rate_of_a_stage_is_the_highest_of_its_variables(model, name):
    """By hand from the plan, and against the multipliers that the plan gives each variable."""
    plan, factors = PLANS[name]
    found = stage_rates(ktl.Phase("one", plan), model, 0.01)
    assert found == pytest.approx(
        {
            f"rate {stage}": 0.01 * factor
            for stage, factor in zip(ktl.chain(model).names, factors, strict=True)
        }
    )
    assignment = plan.assign(model)
    for i, rate in enumerate(found.values()):
        assert 0.01 * max([0.0, *(m for _, m in assignment.multipliers(i))]) == pytest.approx(rate)


def test_rates_are_those_of_the_pieces_that_the_plan_counts(model):
    plan = ktl.Plan.freeze_to("stage2.block1", granularity="block")
    found = stage_rates(ktl.Phase("one", plan), model, 0.5)
    assert list(found) == [f"rate {name}" for name in ktl.chain(model, "block").names]
    assert list(found.values()) == [0, 0, 0, 0.5, 0.5, 0.5]


def test_a_row_an_epoch_with_the_rates_of_its_own_phase(model, tmp_path):
    phases = [
        ktl.Phase("head", ktl.Plan.freeze_to(-1)),
        ktl.Phase("all, slowly", ktl.Plan.layer_decay(0.5)),
    ]
    results = [
        result("head", [{"epoch": 0, "learning_rate": 0.2, "loss": 3.0}]),
        result("all, slowly", [{"epoch": n, "learning_rate": 0.4 / n, "loss": 1} for n in (1, 2)]),
    ]
    write_history_csv(tmp_path / "history.csv", phases, results, model)
    rows = read(tmp_path / "history.csv")
    stages = [f"rate {name}" for name in ktl.chain(model).names]
    assert list(rows[0]) == ["epoch", "learning_rate", "loss", *stages]
    found = [[float(row[stage]) for stage in stages] for row in rows]
    assert found == [
        pytest.approx(factors) for factors in ([0, 0, 0.2], [0.1, 0.2, 0.4], [0.05, 0.1, 0.2])
    ]
    assert [float(row["epoch"]) for row in rows] == [0, 1, 2]


def test_what_an_epoch_does_not_have_is_empty(model, tmp_path):
    """A head solved in closed form has no rate, and phases may count pieces in different ways."""
    fine = ktl.Plan.freeze_to(-1, granularity="block")
    phases = [ktl.Phase("solved", solver="logistic"), ktl.Phase("tuned", fine)]
    results = [
        result("solved", [{"phase": "solved", "val_loss": 1.0}]),
        result("tuned", [{"phase": "tuned", "learning_rate": 0.1, "loss": 2.0}]),
    ]
    write_history_csv(tmp_path / "history.csv", phases, results, model)
    solved, tuned = read(tmp_path / "history.csv")
    assert (solved["learning_rate"], solved["loss"], solved["rate stage1.block1"]) == ("", "", "")
    assert (tuned["val_loss"], tuned["rate stage1"]) == ("", "")
    assert float(solved["rate head"]) == 0.0
    assert float(tuned["rate head"]) == pytest.approx(0.1)


def test_names_with_commas_and_accents_come_back(model, tmp_path):
    rows = [{"phase": 'tête, "puis" tout', "learning_rate": 0.1}]
    write_history_csv(tmp_path / "history.csv", [ktl.Phase("x")], [result("x", rows)], model)
    assert read(tmp_path / "history.csv")[0]["phase"] == 'tête, "puis" tout'


def test_a_phase_without_its_result_is_refused(model, tmp_path):
    with pytest.raises(ValueError, match="zip"):
        write_history_csv(tmp_path / "history.csv", [ktl.Phase("x")], [], model)
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_table_before(model, tmp_path, monkeypatch):
    path = tmp_path / "history.csv"
    path.write_text("before")

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match=r"history.csv.*No space left"):
        write_history_csv(path, [ktl.Phase("x")], [result("x", [{"epoch": 0}])], model)
    assert path.read_text() == "before"
    assert [found.name for found in tmp_path.iterdir()] == ["history.csv"]
