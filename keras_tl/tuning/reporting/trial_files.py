"""The trials of a search in files: CSV for spreadsheets, JSON for programs."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from keras_tl.foundation.files import write_csv, write_json
from keras_tl.foundation.plain_data import as_plain
from keras_tl.tuning.records import TrialRecord
from keras_tl.tuning.reporting.ranking import ranked
from keras_tl.tuning.reporting.trial_rows import trial_rows


def write_trials_csv(
    path: str | os.PathLike[str], records: Sequence[TrialRecord], direction: str
) -> None:
    """Writes a row a trial, best first; a cell is empty where there is nothing, or no number.

    Settings are columns `settings.NAME` and metrics `metrics.NAME`, as `pandas.json_normalize`
    names them.

    Args:
        path: The file.
        records: Trials.
        direction: `"max"` if more is better, else `"min"`.
    """
    rows = trial_rows(records, direction, complete=True)
    columns = as_plain(rows.columns)
    cells = (dict(zip(columns, row, strict=True)) for row in as_plain(rows.cells))
    write_csv(path, columns, cells)


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
    write_json(path, as_plain({**facts, "direction": direction, "trials": trials}))
