"""A search in several processes on this machine: a chief, and workers that are begun again."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from keras_tl.foundation.progress import say
from keras_tl.tuning.parallel import LOOPBACK, environment

RESTARTS = 3
_SECONDS = 0.5


def run_in_parallel(workers: int, out: Path) -> None:
    """Runs this very command as a chief and `workers` workers, and waits for the end.

    The chief hands out trials and writes the report; it listens on loopback only. A worker that
    dies is begun again and goes on with its trial, at most three times. What workers say is in
    `worker1.log` and so on, in `out`.

    Raises:
        RuntimeError: If the chief fails, or a worker dies too often; it names the log.
    """
    port = _free_port()
    out.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as processes:
        chief = processes.enter_context(_started("chief", port))
        staff = [_Worker(f"worker{n + 1}", port, out) for n in range(workers)]
        for worker in staff:
            processes.callback(worker.stop)
        while chief.poll() is None:
            for worker in staff:
                worker.look_after()
            time.sleep(_SECONDS)
        if not chief.returncode:
            for worker in staff:
                worker.process.wait()
    if chief.returncode:
        sys.exit(chief.returncode)


class _Worker:
    """A worker process, begun again if it dies.

    KerasTuner's chief waits for a worker that died and for nothing else; one of the same name is
    given the trial that it left.
    """

    def __init__(self, name: str, port: int, out: Path) -> None:
        self.name, self.port = name, port
        self.log = out / f"{name}.log"
        self.begun = 0
        self._begin()

    def look_after(self) -> None:
        """Begins the worker again if it has died.

        Raises:
            RuntimeError: If it has died too often.
        """
        if self.process.poll() in (None, 0):
            return
        if self.begun > RESTARTS:
            raise RuntimeError(
                f"{self.name} ended with {self.process.returncode} for the {self.begun}th time; "
                f"its last words are in {str(self.log)!r}. Run the same command again to go on"
            )
        say(f"{self.name} ended with {self.process.returncode} and is begun again: {self.log}")
        self._begin()

    def stop(self) -> None:
        """Ends the worker."""
        self.process.kill()
        self.process.wait()

    def _begin(self) -> None:
        self.begun += 1
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                _command(),
                env=_environment(self.name, self.port),
                stdout=log,
                stderr=subprocess.STDOUT,
            )


@contextlib.contextmanager
def _started(name: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(_command(), env=_environment(name, port))
    try:
        yield process
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()


def _command() -> list[str]:
    program = "from keras_tl.cli.main import main; main()"
    arguments = [word for word in sys.argv[1:] if word != "--overwrite"]  # done before they begin
    return [sys.executable, "-c", program, *arguments]


def _environment(name: str, port: int) -> dict[str, str]:
    return {**os.environ, **environment(name, port)}


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        return int(taken.getsockname()[1])
