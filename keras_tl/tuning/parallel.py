"""KerasTuner's chief and workers: which of them this process is, and what the chief shows."""

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator

from keras_tl.foundation.progress import console

ID, ADDRESS, PORT = "KERASTUNER_TUNER_ID", "KERASTUNER_ORACLE_IP", "KERASTUNER_ORACLE_PORT"
LOOPBACK = "127.0.0.1"
_SECONDS = 1.0


def is_parallel() -> bool:
    """Tells whether KerasTuner's environment variables are set."""
    return ADDRESS in os.environ


def is_chief() -> bool:
    """Tells whether this process hands out the trials."""
    return is_parallel() and "chief" in os.environ.get(ID, "")


def is_worker() -> bool:
    """Tells whether this process runs trials that a chief hands out."""
    return is_parallel() and not is_chief()


def environment(name: str, port: int) -> dict[str, str]:
    """Returns the variables of one process of a search; the chief listens on loopback only.

    Args:
        name: `"chief"`, or another name for each worker.
        port: The port of the chief.
    """
    return {ID: name, ADDRESS: LOOPBACK, PORT: str(port)}


@contextlib.contextmanager
def watching(look: Callable[[], None], *, active: bool) -> Iterator[None]:
    """Calls `look` every second while the block runs: a chief is told nothing when trials end."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_SECONDS):
            look()

    thread = threading.Thread(target=watch, daemon=True)
    if active:
        thread.start()
    try:
        yield
    finally:
        over.set()
        if active:
            thread.join()
            look()


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Keeps from the terminal that KerasTuner prints each condition that goes over the wire.

    Only the one console of this package still reaches it.
    """
    if not is_parallel():
        yield
        return
    console.file = sys.stdout
    try:
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            yield
    finally:
        console.file = None  # type: ignore[assignment]
