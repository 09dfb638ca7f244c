import csv
import errno
import os

import pytest

from keras_tl.evaluation.bulk.growing_table import GrowingTable

COLUMNS = ["picture", "note"]
ROWS = [["a.png", "plain"], ['q"uo,te.png', ""], ["two\nlines.png", "x\r\ny"], ["猫é.png", "ß"]]


def table(folder, key="k"):
    return GrowingTable(folder / "out.csv", key, COLUMNS)


def rows_in(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_a_finished_table_is_what_csv_reads(tmp_path):
    with table(tmp_path) as growing:
        growing.append(ROWS[:1])
        growing.append(ROWS[1:])
        assert not (tmp_path / "out.csv").exists()
        growing.finish()
    assert rows_in(tmp_path / "out.csv") == [COLUMNS, *ROWS]
    assert os.listdir(tmp_path) == ["out.csv"]


def test_wherever_it_was_cut_off_it_goes_on_to_the_same_table(tmp_path):
    with table(tmp_path) as growing:
        growing.append(ROWS)
    whole = growing.part.read_bytes()
    for cut in range(len(whole) + 1):
        growing.part.write_bytes(whole[:cut])
        with table(tmp_path) as again:
            assert again.last_cells == dict(ROWS[: len(again.last_cells)])
            again.append(ROWS[len(again.last_cells) :])
        assert again.part.read_bytes() == whole
    assert len(again.last_cells) == len(ROWS)


def test_nothing_whole_is_thrown_away(tmp_path):
    with table(tmp_path) as growing:
        growing.append(ROWS[:3])
        kept = growing.part.read_bytes()
        growing.append(ROWS[3:])
    growing.part.write_bytes(growing.part.read_bytes()[:-1])
    with table(tmp_path) as again:
        assert list(again.last_cells) == [row[0] for row in ROWS[:3]]
    assert again.part.read_bytes() == kept


def test_another_key_begins_another_table(tmp_path):
    with table(tmp_path, "one") as one:
        one.append(ROWS)
    with table(tmp_path, "two") as two:
        assert two.last_cells == {}
    assert rows_in(one.part) == [COLUMNS, *ROWS]


def test_two_at_once_are_refused(tmp_path):
    message = r"write '.*out\.csv': another process is writing it"
    with table(tmp_path), pytest.raises(OSError, match=message):
        table(tmp_path).__enter__()
    with table(tmp_path):
        pass


def test_a_full_disk_is_named_and_what_is_whole_stays(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with table(tmp_path) as growing:
        growing.append(ROWS[:2])
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", fail)
            with pytest.raises(OSError, match=r"Could not write '.*out\.csv': No space left"):
                growing.finish()
    assert not (tmp_path / "out.csv").exists()
    assert rows_in(growing.part) == [COLUMNS, *ROWS[:2]]
