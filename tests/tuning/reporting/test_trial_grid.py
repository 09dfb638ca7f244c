import pytest

from keras_tl.foundation.tables import as_text
from keras_tl.tuning.records import COMPLETED, FAILED, RUNNING, TrialRecord
from keras_tl.tuning.reporting.trial_grid import trial_grid

WORST = "ResourceExhaustedError: OOM when allocating a tensor with a very long name"


def text_of(records, width=110, most=15, direction="max"):
    return as_text(trial_grid(records, direction, "val_accuracy", most, width), width)


def trial(number, status=COMPLETED, score=None, **settings):
    return TrialRecord(f"{number:02d}", status, settings, score, seconds=12.0)


def numbers(text):
    return [line.split()[0] for line in text.splitlines() if line.split()[0].isdigit()]


MANY = [
    *(trial(i, score=0.5 + i / 100, dropout=i / 100) for i in range(30)),
    trial(30, RUNNING, dropout=0.3),
    trial(31, FAILED, dropout=0.4),
    trial(32, score=0.1, dropout=0.5),
]


def test_the_best_the_running_and_the_latest_are_shown():
    text = text_of(MANY, most=6)
    assert numbers(text) == ["29", "28", "27", "32", "30", "31"]
    assert "not shown: 27 more trials" in text
    assert [line.split()[2] for line in text.splitlines()[-4:-1]] == ["0.1000", RUNNING, FAILED]


def test_the_best_stands_out_and_is_the_lowest_if_less_is_better():
    grid = trial_grid(MANY, "min", "val_loss", 6, 110)
    assert numbers(as_text(grid))[:2] == ["32", "00"]
    assert [row.style is not None for row in grid.rows] == [True, *[False] * 5]


def test_nothing_stands_out_without_a_score():
    grid = trial_grid([trial(0, FAILED), trial(1, RUNNING)], "max", "score", 15, 80)
    assert [row.style for row in grid.rows] == [None, None]


@pytest.mark.parametrize("width", [60, 80, 110, 200])
def test_settings_for_which_there_is_no_room_are_named(width):
    """Every line fits, no value is cut, and each setting is either shown or named."""
    names = [f"setting_{letter}" for letter in "abcdefghijkl"]
    records = [
        trial(i, score=0.9, **{name: f"value{i}{name[-1]}" for name in names}) for i in range(2)
    ]
    text = text_of(records, width)
    assert max(map(len, text.splitlines())) <= width
    body, _, below = text.partition("not shown: ")
    for name in names:
        assert (f"value1{name[-1]}" in body) != (name in below.replace("\n", " "))
    left_out = [name for name in names if name in below]
    assert below.split() == ", ".join(left_out).split()
    assert ("not shown" in text) == (width < 200)


def test_every_trial_is_one_line_and_long_errors_take_the_room_that_is_left():
    failed = TrialRecord("00", FAILED, {"setting": "first value"}, error=WORST)
    text = text_of([failed, trial(1, score=0.9, setting="second value")], width=60)
    lines = text.splitlines()
    assert len(lines) == 5
    assert len(lines[-1]) == 59
    assert lines[-1].endswith("…")
    for whole in ("trial", "setting", "accuracy", "seconds", "first value", "0.9000", "Resource"):
        assert whole in text


def test_remarks_take_no_room_where_there_are_none():
    assert "remarks" not in text_of([trial(0, score=0.9)])


def test_names_of_users_are_no_markup():
    record = trial(0, score=0.5, **{"[red]a#": "[bold]x", "b\nc": 1})
    other = trial(1, score=0.4, **{"[red]a#": "[link=y]", "b\nc": 2})
    text = text_of([record, other])
    for shown in ("[red]a#", "[bold]x", "[link=y]", "b c"):
        assert shown in text


def test_an_empty_search_is_an_empty_table():
    assert numbers(text_of([])) == []
