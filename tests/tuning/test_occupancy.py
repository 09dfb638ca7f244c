import pytest

from keras_tl.foundation.files import write_text
from keras_tl.training.run_directory import RunDirectory
from keras_tl.tuning.occupancy import clear, occupied
from keras_tl.tuning.parallel import environment


def test_one_search_at_a_time(tmp_path):
    with (
        occupied(tmp_path / "run"),
        pytest.raises(RuntimeError, match=r"`run_dir` must not be.*another process searches"),
        occupied(tmp_path / "run"),
    ):
        pass
    with occupied(tmp_path / "run"):
        pass


def test_an_error_leaves_the_directory_free(tmp_path):
    with pytest.raises(ArithmeticError), occupied(tmp_path):
        raise ArithmeticError
    with occupied(tmp_path):
        pass


def test_workers_join_their_chief(tmp_path, monkeypatch):
    with occupied(tmp_path):
        for variable, value in environment("worker1", 4711).items():
            monkeypatch.setenv(variable, value)
        with occupied(tmp_path):
            pass


def test_what_a_search_left_is_cleared_and_nothing_else(tmp_path):
    run = RunDirectory(tmp_path)
    run.claim("search", {"seed": 0})
    for name in ("tuner/trial_0/model.keras", "report.html", "trials.csv", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(tmp_path / name, "text")
    clear(run)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "search.lock"]


def test_where_no_search_was_nothing_is_cleared(tmp_path):
    write_text(tmp_path / "report.html", "text")
    clear(RunDirectory(tmp_path))
    assert (tmp_path / "report.html").is_file()


def test_a_search_that_runs_is_not_cleared(tmp_path):
    run = RunDirectory(tmp_path)
    run.claim("search", {"seed": 0})
    with occupied(tmp_path), pytest.raises(RuntimeError, match="another process searches"):
        clear(run)
    assert "search" in run.read_config()
