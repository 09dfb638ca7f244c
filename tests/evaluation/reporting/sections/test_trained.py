import csv

import pytest

from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.sections.trained import trained
from keras_tl.foundation.files import write_json


def test_each_phase_has_the_highest_rate_of_each_stage(run, subject_of):
    found = trained(subject_of(run.path))
    assert found.recipe == "lp-ft"
    assert [phase.name for phase in found.phases] == ["linear probe", "fine-tuning"]
    assert found.stages[-1] == "head"
    with open(run.path / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for phase in found.phases:
        own = [row for row in rows if row["phase"] == phase.name]
        assert phase.epochs == len(own)
        for stage, rate in phase.rates.items():
            assert rate == max(float(row[f"rate {stage}"]) for row in own)
    probe, tuning = found.phases
    assert probe.rates["stage1"] == 0 < probe.rates["head"]
    assert all(rate > 0 for rate in tuning.rates.values())


def test_a_head_that_was_solved_for_has_no_rate_and_is_named(tmp_path, subject_of):
    rows = [{"epoch": 0, "val_loss": 0.1}]
    phase = {"name": "solved", "stages": ["head"], "history": rows, "table": "", "validation": {}}
    write_json(tmp_path / "history.json", {"phases": [phase]})
    (found,) = trained(subject_of(tmp_path)).phases
    assert (found.epochs, found.rates) == (1, {"head": None})
    (tmp_path / "history.csv").write_text("epoch,val_loss,rate stage1,rate head\n0,0.1,0.0,0.0\n")
    (found,) = trained(subject_of(tmp_path)).phases
    assert found.rates == {"stage1": 0.0, "head": None}


def test_no_phase_is_said(tmp_path, subject_of):
    write_json(tmp_path / "history.json", {"phases": []})
    with pytest.raises(Unavailable, match="No phase"):
        trained(subject_of(tmp_path))
