import io
from dataclasses import replace

import pytest
from rich.console import Console

from keras_tl.foundation import progress
from keras_tl.tuning.records import COMPLETED, FAILED, RUNNING, TrialRecord
from keras_tl.tuning.reporting.trial_table import TrialTable, ended, final_table


def trial(number, status=COMPLETED, score=None, **settings):
    return TrialRecord(f"{number:02d}", status, settings, score, seconds=12.0)


RECORDS = [
    trial(0, score=0.7, dropout=0.1),
    replace(trial(1, FAILED, dropout=0.2), notes=("batch halved",), error="OOM\nat line 3"),
    trial(2, score=0.8, dropout=0.3),
    trial(3, RUNNING, dropout=0.4),
]


@pytest.fixture
def terminal(monkeypatch):
    """A terminal of 100 columns, which keeps what is written to it."""
    sink = io.StringIO()
    console = Console(file=sink, force_terminal=True, width=100, height=50, highlight=False,
                      _environ={"TERM": "xterm"})  # fmt: skip
    monkeypatch.setattr(progress, "console", console)
    return console


def lines_of(capsys):
    return capsys.readouterr().out.splitlines()


def test_each_trial_that_ends_is_a_line(capsys):
    with TrialTable(direction="max", objective="val_accuracy", max_trials=9) as display:
        display.update(RECORDS[:1])
        display.update([*RECORDS[:1], replace(RECORDS[1], status=RUNNING, error="")])
        display.update(RECORDS)
        display.update(RECORDS)
        told = lines_of(capsys)
    assert told == [
        "1/9  trial 00  completed  val_accuracy 0.7000  best so far  12 s  dropout 0.1",
        "2/9  trial 01  failed  12 s  dropout 0.2  batch halved  OOM at line 3",
        "3/9  trial 02  completed  val_accuracy 0.8000  best so far  12 s  dropout 0.3",
    ]
    expected = final_table(RECORDS, direction="max", objective="val_accuracy")
    assert lines_of(capsys) == expected.splitlines()


def test_less_is_better_if_told_so(capsys):
    with TrialTable(direction="min") as display:
        display.update(RECORDS)
        assert ["best so far" in line for line in lines_of(capsys)] == [True, False, False]


def test_a_search_that_goes_on_tells_only_what_is_new(capsys):
    with TrialTable(direction="max", earlier=RECORDS) as display:
        assert lines_of(capsys) == []
        display.update([*RECORDS[:3], replace(RECORDS[3], status=COMPLETED, score=0.9)])
        (line,) = lines_of(capsys)
    assert line.startswith("4  trial 03  completed  score 0.9000")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_silent_when_told_so(capsys, monkeypatch, is_terminal):
    monkeypatch.setattr(progress, "console", Console(force_terminal=is_terminal))
    with TrialTable(direction="max", max_trials=3, max_minutes=1, show=False) as display:
        display.update(RECORDS)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_a_live_table_over_the_budget(terminal):
    table = TrialTable(direction="max", objective="val_accuracy", max_trials=8, max_minutes=90)
    with table as display:
        display.update(RECORDS)
        written = terminal.file.getvalue()
    assert "0.8000" in written
    assert "running" in written
    trials, minutes = [line for line in written.splitlines() if "━" in line][-2:]
    assert "Trials" in trials
    assert "3/8" in trials
    assert "Minutes" in minutes
    assert "0/90" in minutes
    assert "trial 00" not in written


def test_time_goes_on_between_trials(terminal, monkeypatch):
    seconds = iter([0.0] * 4 + [600.0] * 100)
    monkeypatch.setattr(terminal, "get_time", lambda: next(seconds))
    with TrialTable(direction="max", max_minutes=90) as display:
        display._live.refresh()
        written = terminal.file.getvalue()
    assert "10/90" in written


def test_the_final_table_stays(terminal):
    with TrialTable(direction="max") as display:
        display.update(RECORDS)
        before = len(terminal.file.getvalue())
    after = terminal.file.getvalue()[before:]
    assert final_table(RECORDS, direction="max", width=100) in after
    assert "\x1b[1A\x1b[2K" in after.rpartition("Trials")[2]


def test_an_interrupted_search_leaves_the_terminal_as_it_was(terminal):
    display = TrialTable(direction="max")

    def search():
        with display:
            display.update(RECORDS)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search()
    written = terminal.file.getvalue()
    assert written.count("\x1b[?25h") == written.count("\x1b[?25l") == 1
    assert final_table(RECORDS, direction="max", width=100) in written
    with progress.bars() as bars:
        assert bars.live.is_started


def test_other_bars_may_show_while_a_trial_runs(terminal):
    with TrialTable(direction="max") as display:
        display.update(RECORDS)
        assert list(progress.track(range(3), "Filling", 3, show=True)) == [0, 1, 2]
        display.update(RECORDS)
    assert "Filling" in terminal.file.getvalue()


def test_no_trial_leaves_nothing(capsys):
    with TrialTable(direction="max", max_trials=3):
        pass
    assert capsys.readouterr().out == ""


def test_a_wrong_direction_is_named():
    with pytest.raises(ValueError, match=r"`direction` must be .* Received: direction='best'"):
        TrialTable(direction="best")


def test_ended_do_not_run():
    assert [record.number for record in ended(RECORDS)] == ["00", "01", "02"]
