import csv
import json
import math
from pathlib import Path
from types import MappingProxyType

from keras_tl.tuning.records import COMPLETED, FAILED, TrialRecord
from keras_tl.tuning.reporting.trial_files import write_trials_csv, write_trials_json

NASTY = '<script>,"quoted"\r\nnext; =1+1 \N{SNOWMAN}'
RECORDS = [
    TrialRecord("00", FAILED, {NASTY: NASTY, "score": 0.123456789012}, error="line 1\nline 2"),
    TrialRecord("01", COMPLETED, MappingProxyType({NASTY: None, "flag": True}), math.nan),
    TrialRecord("02", COMPLETED, {"flag": False}, 0.1 + 0.2, {"val_loss": math.inf}, 3, 2.5,
                ("a", "b"), model=Path("models/02.keras")),
]  # fmt: skip


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_csv_gives_back_what_went_in(tmp_path):
    write_trials_csv(tmp_path / "trials.csv", RECORDS, "max")
    best, failed, nan = rows_of(tmp_path / "trials.csv")
    assert best["number"] == "02"
    assert float(best["score"]) == 0.1 + 0.2
    assert (best["metrics.val_loss"], best["settings.flag"]) == ("", "False")
    assert (best["notes"], best["model"]) == ("a; b", "models/02.keras")
    assert failed[f"settings.{NASTY}"] == NASTY
    assert float(failed["settings.score"]) == 0.123456789012
    assert (failed["score"], failed["error"]) == ("", "line 1\nline 2")
    assert (nan["score"], nan[f"settings.{NASTY}"], nan["settings.flag"]) == ("", "", "True")


def test_json_gives_back_what_went_in(tmp_path):
    path = tmp_path / "trials.json"
    write_trials_json(path, RECORDS, "max", {"objective": NASTY, "test": {"loss": math.nan}})
    read = json.loads(path.read_text(encoding="utf-8"), parse_constant=float.fromhex)
    assert read["objective"] == NASTY
    assert read["test"] == {"loss": None}
    assert read["direction"] == "max"
    best, failed, nan = read["trials"]
    assert best["score"] == 0.1 + 0.2
    assert best["metrics"] == {"val_loss": None}
    assert (best["notes"], best["model"]) == (["a", "b"], "models/02.keras")
    assert failed["settings"] == {NASTY: NASTY, "score": 0.123456789012}
    assert nan["score"] is None
    assert nan["settings"] == {NASTY: None, "flag": True}


def test_json_is_strict(tmp_path):
    """NaN and Infinity are no JSON, though Python reads them."""
    path = tmp_path / "trials.json"
    write_trials_json(path, RECORDS, "max", {"loss": -math.inf})
    text = path.read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text


def test_odd_characters_do_not_stop_a_report(tmp_path):
    """A file name that is not UTF-8 comes as half characters."""
    odd = b"caf\xe9.jpg".decode("utf-8", "surrogateescape")
    records = [TrialRecord("00", FAILED, {odd: odd}, error=odd)]
    write_trials_csv(tmp_path / "trials.csv", records, "max")
    write_trials_json(tmp_path / "trials.json", records, "max", {})
    (row,) = rows_of(tmp_path / "trials.csv")
    assert row["error"] == row["settings.caf\\udce9.jpg"] == "caf\\udce9.jpg"
    assert "caf\\\\udce9.jpg" in (tmp_path / "trials.json").read_text(encoding="utf-8")
