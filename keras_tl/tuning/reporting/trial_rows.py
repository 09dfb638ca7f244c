"""The trials of a search as columns and cells, for tables and files alike."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from keras_tl.foundation.shown import LONGEST, one_line, shown, shown_score, shown_seconds
from keras_tl.tuning.records import TrialRecord
from keras_tl.tuning.reporting.ranking import ranked, setting_names, varying

SETTING, METRIC = "settings.", "metrics."


@dataclass(frozen=True)
class TrialRows:
    """Trials as a table.

    Attributes:
        columns: Name of each column. Those of settings begin with `settings.`, those of metrics
            with `metrics.`, so that no name of a user is that of another column.
        cells: The values of each trial, as they are; None where it has none.
    """

    columns: tuple[str, ...]
    cells: tuple[tuple[Any, ...], ...]

    @property
    def settings(self) -> list[str]:
        """The columns that are settings."""
        return [column for column in self.columns if column.startswith(SETTING)]

    def only(self, places: Iterable[int]) -> "TrialRows":
        """Returns the rows at these places."""
        return TrialRows(self.columns, tuple(self.cells[place] for place in places))

    def without(self, column: str) -> "TrialRows":
        """Returns all columns but one."""
        kept = [i for i, name in enumerate(self.columns) if name != column]
        cells = tuple(tuple(row[i] for i in kept) for row in self.cells)
        return TrialRows(tuple(self.columns[i] for i in kept), cells)


def trial_rows(
    records: Sequence[TrialRecord], direction: str, *, complete: bool = False
) -> TrialRows:
    """Returns trials as columns and cells, best first, then the running, then the others.

    Args:
        records: Trials.
        direction: `"max"` if more is better, else `"min"`.
        complete: Whether all that is known is a column, also settings that never vary. If not, it
            is what tells trials apart: the settings that vary, score, seconds and remarks, which
            are the notes and the error.

    Raises:
        ValueError: If the direction is another.
    """
    rows = [_flat(record) for record in ranked(records, direction)]
    names = setting_names(records) if complete else varying(records)
    settings = [f"{SETTING}{name}" for name in names]
    if complete:
        metrics = dict.fromkeys(key for row in rows for key in row if key.startswith(METRIC))
        end = ("epochs", "seconds", "notes", "error", "model")
        columns = ("number", "status", "score", *settings, *metrics, *end)
    else:
        columns = ("number", "status", *settings, "score", "seconds", "remarks")
    return TrialRows(columns, tuple(tuple(row.get(key) for key in columns) for row in rows))


def _flat(record: TrialRecord) -> dict[str, Any]:
    return {
        "number": record.number,
        "status": record.status,
        "score": record.score,
        **{f"{SETTING}{name}": value for name, value in record.settings.items()},
        **{f"{METRIC}{name}": value for name, value in record.metrics.items()},
        "epochs": record.epochs,
        "seconds": record.seconds,
        "notes": "; ".join(record.notes),
        "error": record.error,
        "remarks": "; ".join(filter(None, (*record.notes, record.error))),
        "model": None if record.model is None else str(record.model),
    }


def heading(column: str, objective: str = "score", most: int | None = LONGEST) -> str:
    """Returns the name of a column as it is shown; that of the score is the objective."""
    named = {"number": "trial", "score": objective}
    return one_line(named.get(column, column.removeprefix(SETTING)), most)


def shown_cell(column: str, value: Any, most: int | None = LONGEST) -> str:
    """Returns a cell as it is shown: rounded, on one line, a text cut after `most` characters."""
    if column == "score":
        return value if isinstance(value, str) else shown_score(value)
    return shown_seconds(value) if column == "seconds" else shown(value, most)
