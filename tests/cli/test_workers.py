import sys

import pytest

from keras_tl.cli import workers
from keras_tl.cli.workers import RESTARTS, _Worker, run_in_parallel


@pytest.fixture
def program(monkeypatch):
    """Has every process run some Python, which sees its name."""

    def set_program(text):
        monkeypatch.setattr(workers, "_command", lambda: [sys.executable, "-c", text])
        monkeypatch.setattr(workers, "_SECONDS", 0.05)

    return set_program


def test_a_worker_that_dies_is_begun_again_and_its_words_are_kept(program, tmp_path, capsys):
    program("import os, sys; print(os.environ['KERASTUNER_TUNER_ID']); sys.exit(3)")
    worker = _Worker("worker1", 4711, tmp_path)
    for _ in range(RESTARTS):
        worker.process.wait()
        worker.look_after()
    worker.process.wait()
    with pytest.raises(RuntimeError, match=r"worker1 ended with 3 .*worker1\.log"):
        worker.look_after()
    assert (tmp_path / "worker1.log").read_text().split() == ["worker1"] * (1 + RESTARTS)
    assert "begun again" in capsys.readouterr().out


def test_a_worker_that_is_done_is_left_alone(program, tmp_path):
    program("pass")
    worker = _Worker("worker1", 4711, tmp_path)
    process = worker.process
    process.wait()
    worker.look_after()
    assert worker.process is process


def test_all_end_with_the_chief(program, tmp_path):
    program("import os; open(os.environ['KERASTUNER_TUNER_ID'], 'w').write('was here')")
    import os

    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        run_in_parallel(2, tmp_path)
    finally:
        os.chdir(before)
    names = {path.name for path in tmp_path.iterdir() if not path.suffix}
    assert names == {"chief", "worker1", "worker2"}


def test_a_chief_that_fails_ends_its_workers(program, tmp_path):
    program(
        "import os, sys, time\n"
        "if os.environ['KERASTUNER_TUNER_ID'] == 'chief': sys.exit(5)\n"
        "time.sleep(600)"
    )
    with pytest.raises(SystemExit) as ended:
        run_in_parallel(2, tmp_path)
    assert ended.value.code == 5
