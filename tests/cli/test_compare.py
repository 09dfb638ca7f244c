import json
import shutil

import pytest

from keras_tl.evaluation.scored_run import scored


@pytest.fixture
def again(run_dir, tmp_path):
    return shutil.copytree(run_dir, tmp_path / "again")


def test_runs_are_tabled_tested_and_written(cli, run_dir, again, tmp_path):
    out = tmp_path / "out"
    code, text = cli("compare", run_dir, again, "--out", out, "--reference", "again")
    assert code == 0, text
    accuracy = scored(run_dir).scores.accuracy
    assert text.count(f"{accuracy:.1%}") >= 2
    assert "McNemar's exact test" in text
    assert {path.name for path in out.iterdir()} == {
        f"comparison.{s}" for s in ("json", "csv", "png")
    }
    saved = json.loads((out / "comparison.json").read_text())
    assert saved["reference"] == "again"
    assert saved["runs"][0]["paired"]["p_value"] == 1.0


def test_what_cannot_be_compared_is_named(cli, run_dir, tmp_path):
    code, text = cli("compare", run_dir)
    assert code == 1
    assert "`runs` must be the directories of at least two runs" in text
    code, text = cli("compare", run_dir, tmp_path)
    assert code == 1
    assert "`run_dir` must be the directory of a run that has ended" in text
