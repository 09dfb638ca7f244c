"""The trials of a search in files: CSV for spreadsheets, JSON for programs."""

import csv
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from keras_tl.foundation.files import replacing, write_json
from keras_tl.tuning.records import TrialRecord
from keras_tl.tuning.reporting.ranking import ranked
from keras_tl.tuning.reporting.trial_rows import trial_rows


def write_csv(path: str | os.PathLike[str], records: Sequence[TrialRecord], direction: str) -> None:
    """Writes a row a trial, best first; a cell is empty where there is nothing, or no number.

    Settings are columns `settings.NAME` and metrics `metrics.NAME`, as `pandas.json_normalize`
    names them.

    Args:
        path: The file.
        records: Trials.
        direction: `"max"` if more is better, else `"min"`.
    """
    rows = trial_rows(records, direction, complete=True)
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(plain(rows.columns))
        writer.writerows(plain(rows.cells))


def write_trials_json(
    path: str | os.PathLike[str],
    records: Sequence[TrialRecord],
    direction: str,
    facts: Mapping[str, Any],
) -> None:
    """Writes the trials, best first, after some facts; what is no number is null.

    Args:
        path: The file.
        records: Trials.
        direction: `"max"` if more is better, else `"min"`.
        facts: What else is to be in the file, by name.
    """
    trials = [vars(record) for record in ranked(records, direction)]
    write_json(path, plain({**facts, "direction": direction, "trials": trials}))


def plain(value: Any) -> Any:
    """Returns what JSON can say: no NaN, no half characters, anything unknown as text."""
    if isinstance(value, Mapping):
        return {whole(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int)) else whole(str(value))


def whole(text: str) -> str:
    """Returns a text that UTF-8 can write: half characters, as in odd file names, are escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
