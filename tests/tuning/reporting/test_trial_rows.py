import math
from pathlib import Path

import pytest

from keras_tl.tuning.records import COMPLETED, FAILED, RUNNING, TrialRecord
from keras_tl.tuning.reporting.trial_rows import heading, shown_cell, trial_rows

RECORDS = [
    TrialRecord("00", FAILED, {"head": "mlp", "rate": 0.1}, seconds=3.0, error="OOM"),
    TrialRecord("01", COMPLETED, {"head": "mlp", "rate": 0.2, "score": "x"}, 0.7, {"loss": 1.5},
                epochs=4, seconds=20.0, notes=("batch halved", "slow"), model=Path("m.keras")),
    TrialRecord("02", RUNNING, {"head": "mlp"}),
    TrialRecord("03", COMPLETED, {"head": "mlp", "rate": 0.1, "score": "y"}, 0.8),
]  # fmt: skip


def test_what_tells_trials_apart():
    rows = trial_rows(RECORDS, "max")
    assert rows.columns == (
        "number", "status", "settings.rate", "settings.score", "score", "seconds", "remarks",
    )  # fmt: skip
    assert rows.settings == ["settings.rate", "settings.score"]
    assert rows.cells == (
        ("03", COMPLETED, 0.1, "y", 0.8, 0.0, ""),
        ("01", COMPLETED, 0.2, "x", 0.7, 20.0, "batch halved; slow"),
        ("02", RUNNING, None, None, None, 0.0, ""),
        ("00", FAILED, 0.1, None, None, 3.0, "OOM"),
    )


def test_a_complete_table_has_all_that_is_known():
    rows = trial_rows(RECORDS, "min", complete=True)
    assert len(set(rows.columns)) == len(rows.columns)
    assert dict(zip(rows.columns, rows.cells[0], strict=True)) == {
        "number": "01",
        "status": COMPLETED,
        "score": 0.7,
        "settings.head": "mlp",
        "settings.rate": 0.2,
        "settings.score": "x",
        "metrics.loss": 1.5,
        "epochs": 4,
        "seconds": 20.0,
        "notes": "batch halved; slow",
        "error": "",
        "model": "m.keras",
    }


def test_rows_and_columns_can_be_chosen():
    rows = trial_rows(RECORDS, "max").only([0, 3]).without("settings.rate")
    assert "settings.rate" not in rows.columns
    assert [row[0] for row in rows.cells] == ["03", "00"]
    assert all(len(row) == len(rows.columns) for row in rows.cells)


def test_no_trials_are_no_rows():
    assert trial_rows([], "max").cells == ()


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("score", 0.81239, "0.8124"),
        ("score", math.nan, "nan"),
        ("score", "failed", "failed"),
        ("seconds", 1234.5, "1,234"),
        ("settings.seconds", 1234.5, "1.23e+03"),
        ("settings.rate", None, "-"),
        ("remarks", "a\nb", "a b"),
    ],
)
def test_cells_are_shown_as_fits_their_column(column, value, text):
    assert shown_cell(column, value) == text


def test_headings():
    names = ("number", "score", "settings.score", "settings.a\nb")
    assert [heading(name, "val_loss") for name in names] == ["trial", "val_loss", "score", "a b"]
