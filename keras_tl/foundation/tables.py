"""Tables as text, for terminals, logs and notebooks alike."""

import io
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> Table:
    """Returns a table; columns whose name ends in `#` are numbers and aligned to the right.

    Cells are plain text: brackets in a name are not markup.
    """
    grid = Table(title=title or None, box=box.SIMPLE_HEAD, title_justify="left")
    for column in columns:
        is_number = column.endswith("#")
        grid.add_column(column.removesuffix("#"), justify="right" if is_number else "left")
    for row in rows:
        grid.add_row(*(Text(str(cell)) for cell in row))
    return grid


def as_text(grid: Table, width: int = 110) -> str:
    """Returns a table as plain text."""
    sink = io.StringIO()
    Console(file=sink, width=width, color_system=None, force_jupyter=False).print(grid)
    return "\n".join(line.rstrip() for line in sink.getvalue().splitlines() if line.strip())


def count(number: float) -> str:
    """Returns a count with a thousands separator, such as `2,257,984`."""
    return f"{number:,.0f}"


def size(number: float) -> str:
    """Returns a number of bytes in the unit that fits, such as `14.2 kB`."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
