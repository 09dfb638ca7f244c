"""Runs compared through the face; the paired test against `paired`, scores against `evaluate`."""

import csv
import json
import shutil

import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.evaluation.analysing.pairing import paired
from keras_tl.evaluation.run_data import run_data
from keras_tl.evaluation.scored_run import scored


@pytest.fixture(scope="module")
def compared(run_on_digits, longer_run, other_run):
    return ktl.compare([run_on_digits, longer_run, other_run])


def test_each_run_has_the_scores_of_its_model(compared, run_on_digits, longer_run):
    for run, path in zip(compared.runs, (run_on_digits, longer_run), strict=False):
        model, data = ktl.load_classifier(path), run_data(path)
        expected = ktl.evaluate(model, data.test)
        assert run.accuracy == expected.accuracy
        assert run.accuracy_interval == expected.accuracy_interval
        assert run.log_loss == pytest.approx(expected.log_loss, rel=1e-5)
        assert run.macro_f1 == pytest.approx(expected.macro_f1)
        assert run.examples == data.test.size
        assert run.recipe == "full"


def test_the_others_are_paired_with_the_first(compared, run_on_digits, longer_run):
    first, second, _ = compared.runs
    assert compared.reference == "short"
    assert (first.paired, first.unpaired) == (None, "")
    assert second.paired == paired(scored(longer_run).right, scored(run_on_digits).right)
    assert second.paired.difference == pytest.approx(second.accuracy - first.accuracy)
    assert second.paired.p_value < 0.05


def test_runs_on_other_pictures_are_tabled_but_not_paired(compared):
    *_, other = compared.runs
    assert other.paired is None
    assert other.unpaired == "its test pictures are others"
    assert "other: no paired test, its test pictures are others." in str(compared)
    assert f"{other.accuracy:.1%}" in compared.table


def test_another_reference_turns_the_difference(compared, run_on_digits, longer_run):
    turned = ktl.compare([run_on_digits, longer_run], reference="long")
    assert turned.reference == "long"
    assert turned.runs[0].paired.difference == -compared.runs[1].paired.difference


def test_a_mapping_names_the_runs(run_on_digits, longer_run):
    found = ktl.compare({"before": run_on_digits, "after": longer_run})
    assert [run.name for run in found.runs] == ["before", "after"]
    assert "before" in found.table


def test_directories_of_one_name_are_called_by_their_paths(run_on_digits, tmp_path):
    again = shutil.copytree(run_on_digits, tmp_path / "short")
    found = ktl.compare([run_on_digits, again])
    assert [run.name for run in found.runs] == [str(run_on_digits), str(again)]
    assert found.runs[1].paired.p_value == 1.0


def test_other_classes_and_labels_are_reasons(run_on_digits, longer_run, tmp_path):
    copy = shutil.copytree(longer_run, tmp_path / "copy")
    kept = scored(copy)
    named = [f"class {name}" for name in kept.class_names]
    labels = np.roll(kept.labels, 1)
    for changed, reason in [
        ({"class_names": named}, "its classes are others"),
        ({"labels": labels}, "its test pictures have other labels"),
    ]:
        type(kept)(**{**kept_fields(kept), **changed}).to_file(copy / "test_predictions.npz")
        assert ktl.compare([run_on_digits, copy]).runs[1].unpaired == reason


def kept_fields(found):
    names = ("names", "labels", "probabilities", "class_names", "digests", "fingerprint", "model")
    return {name: getattr(found, name) for name in names}


def test_the_table_and_its_note_print(compared):
    text = str(compared)
    difference = 100 * compared.runs[1].paired.difference
    assert f"{difference:+.1f}" in text
    assert "McNemar's exact test" in text
    assert "'short'" in text
    assert [line.split()[0] for line in compared.table.splitlines()[2:]] == [
        "short", "long", "other",
    ]  # fmt: skip


def test_it_is_plain_data_in_files(compared, tmp_path):
    compared.to_json(tmp_path / "comparison.json")
    compared.to_csv(tmp_path / "comparison.csv")
    saved = json.loads((tmp_path / "comparison.json").read_text())
    assert saved == json.loads(json.dumps(compared.to_dict()))
    assert saved["reference"] == "short"
    assert saved["runs"][1]["paired"]["p_value"] == compared.runs[1].paired.p_value
    with open(tmp_path / "comparison.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == ["short", "long", "other"]
    assert float(rows[1]["accuracy"]) == compared.runs[1].accuracy
    assert float(rows[1]["paired.interval.low"]) == compared.runs[1].paired.interval[0]
    assert rows[0]["paired.p_value"] == ""
    assert rows[2]["unpaired"] == "its test pictures are others"


def test_the_picture_has_a_line_a_run(compared, tmp_path):
    figure = compared.picture(tmp_path / "curves.png")
    assert [path.name for path in tmp_path.iterdir()] == ["curves.png"]
    for axes in figure.axes:
        labels = [line.get_label() for line in axes.lines]
        assert labels == ["short, validation", "long, validation", "other, training"]
        assert [len(line.get_xdata()) for line in axes.lines] == [1, 6, 1]


def test_fewer_than_two_runs_or_one_twice_are_refused(run_on_digits):
    for runs in ([], [run_on_digits], [run_on_digits, run_on_digits], run_on_digits):
        with pytest.raises(ValueError, match="`runs` must be the directories of at least two runs"):
            ktl.compare(runs)


def test_what_is_no_run_and_a_reference_that_is_none_are_named(run_on_digits, longer_run, tmp_path):
    with pytest.raises(ValueError, match="`run_dir` must be the directory of a run that has ended"):
        ktl.compare([run_on_digits, tmp_path])
    with pytest.raises(ValueError, match="`reference` must be one of 'short', 'long'"):
        ktl.compare([run_on_digits, longer_run], reference="shrt")
