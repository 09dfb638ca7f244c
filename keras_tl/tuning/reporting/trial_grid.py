"""The trials of a search drawn as a table that fits a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from keras_tl.foundation.tables import table
from keras_tl.tuning.records import COMPLETED, RUNNING, TrialRecord
from keras_tl.tuning.reporting.ranking import ranked, scored
from keras_tl.tuning.reporting.trial_rows import TrialRows, heading, shown_cell, trial_rows

LATEST_ROWS = 3
FEWEST_OF_REMARK = 12
LONGEST_CELL = 24
NUMBERS = ("score", "seconds")


def trial_grid(
    records: Sequence[TrialRecord], direction: str, objective: str, most: int, width: int
) -> Table:
    """Draws the best, the running and the latest trials, a line each; the best in bold.

    Settings for which there is no room are left out, the last first, and named below. The status
    of a trial that has not completed stands where its score would be.

    Args:
        records: Trials, in the order in which they began.
        direction: `"max"` if more is better, else `"min"`.
        objective: What the score is, as the heading of its column.
        most: How many trials are shown.
        width: Characters in a line.

    Raises:
        ValueError: If the direction is another.
    """
    rows = _telling(trial_rows(records, direction).only(_kept(records, direction, most)))
    hidden: list[str] = []
    grid = _drawn(rows, objective, FEWEST_OF_REMARK)
    while rows.settings and _width(grid) > width:
        hidden.insert(0, rows.settings[-1])
        rows = rows.without(rows.settings[-1])
        grid = _drawn(rows, objective, FEWEST_OF_REMARK)
    grid = _drawn(rows, objective, FEWEST_OF_REMARK + max(width - _width(grid), 0))
    if scored(ranked(records, direction)[:1]):
        grid.rows[0].style = "bold green"
    grid.caption = Text(_caption(len(records) - len(rows.cells), hidden))
    grid.caption_justify = "left"
    return grid


def _kept(records: Sequence[TrialRecord], direction: str, most: int) -> list[int]:
    """Returns the places in `trial_rows` of the best, the running and the latest trials."""
    order = [record.number for record in ranked(records, direction)]
    running = [record.number for record in records if record.status == RUNNING]
    latest = [record.number for record in records[-LATEST_ROWS:]]
    chosen = list(dict.fromkeys([*order[:1], *running, *latest, *order]))[:most]
    return [place for place, number in enumerate(order) if number in chosen]


def _telling(rows: TrialRows) -> TrialRows:
    """Returns the rows with the status where a trial has no score, and remarks if there are any."""
    status, score = rows.columns.index("status"), rows.columns.index("score")
    cells = tuple(
        row if row[status] == COMPLETED else (*row[:score], row[status], *row[score + 1 :])
        for row in rows.cells
    )
    rows = TrialRows(rows.columns, cells).without("status")
    return rows if any(row[-1] for row in cells) else rows.without("remarks")


def _drawn(rows: TrialRows, objective: str, remark_length: int) -> Table:
    longest = {"remarks": remark_length}
    cells = [
        [
            shown_cell(column, value, longest.get(column, LONGEST_CELL))
            for column, value in zip(rows.columns, row, strict=True)
        ]
        for row in rows.cells
    ]
    grid = table([f"{name}#" if name in NUMBERS else name for name in rows.columns], cells)
    grid.padding, grid.pad_edge = (0, 1, 0, 0), False
    for drawn, name in zip(grid.columns, rows.columns, strict=True):
        drawn.header = Text(heading(name, objective, LONGEST_CELL).replace("_", "\n"))
        drawn.no_wrap, drawn.vertical = True, "bottom"
    return grid


def _width(grid: Table) -> int:
    """Returns how wide a table is where nothing is cut."""
    console = Console(width=10_000, color_system=None, force_jupyter=False)
    return Measurement.get(console, console.options, grid).maximum


def _caption(trials: int, columns: Sequence[str]) -> str:
    parts = [f"{trials} more trials"] if trials else []
    parts += [heading(column) for column in columns]
    return f"not shown: {', '.join(parts)}" if parts else ""
