"""Reading the files of an oracle, with errors that say which file is damaged and what to do."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keras_tuner.engine.trial import Trial


def read_json(path: Path) -> Any:
    """Reads a JSON file.

    Raises:
        ValueError: If it is not there or not whole.
    """
    with reading(path):
        return json.loads(path.read_text(encoding="utf-8"))


def read_trial(path: Path) -> Trial:
    """Reads a trial.

    Raises:
        ValueError: If the file is not there, not whole, or not that of a trial.
    """
    state = read_json(path)
    with reading(path):
        return Trial.from_state(state)


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turns what comes of a damaged file into an error that names it.

    Raises:
        ValueError: Whatever else was raised.
    """
    try:
        yield
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise error_about(path, f"{type(error).__name__}: {error}") from error


def error_about(path: Path, reason: str) -> ValueError:
    """Returns the error for a file with which a search cannot go on."""
    return ValueError(
        f"Could not resume the search from {str(path)!r}: {reason}. "
        "Put that file back as it was, or search in another directory"
    )
