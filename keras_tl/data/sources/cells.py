"""A table as named columns of cells, read from a CSV file or taken from a DataFrame."""

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

CSV_SUFFIXES = (".csv", ".tsv")
_BYTE_ORDER_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Cells(NamedTuple):
    """A table.

    Attributes:
        columns: Name to cells; all columns are equally long.
        places: What to call each row in a message, such as `line 7`.
    """

    columns: dict[str, list[Any]]
    places: list[str]


def is_frame(source: Any) -> bool:
    """Tells whether `source` is a DataFrame, of pandas or another library like it."""
    return hasattr(source, "columns") and hasattr(source, "__getitem__")


def from_frame(frame: Any) -> Cells:
    """Takes the columns of a DataFrame; rows are numbered from 0, whatever its index."""
    names = [str(name) for name in frame.columns]
    _require_distinct(names, "the DataFrame")
    columns = {str(name): list(frame[name]) for name in frame.columns}
    return Cells(columns, [f"row {row}" for row in range(len(frame))])


def from_csv(path: str | os.PathLike[str]) -> Cells:
    """Reads a CSV file whose first line names the columns.

    It is UTF-8, with or without a byte order mark, or UTF-16 with one. Commas, semicolons or tabs
    separate the cells, whichever the first line has most of. Spaces around names are taken off,
    cells stay as they are; empty lines are passed over.

    Raises:
        ValueError: If it is empty, in another encoding, names a column twice, or a line has more
            or fewer cells than the first.
    """
    text = _text(Path(path))
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(",;\t", key=first.count)
    lines = list(_lines(text, separator, path))
    if len(lines) < 2:
        raise ValueError(
            "`source` must name its columns in the first line and hold pictures below it. "
            f"Received: {str(path)!r} with {len(lines)} lines"
        )
    names = [name.strip() for name in lines[0][1]]
    _require_distinct(names, repr(str(path)))
    for number, cells in lines[1:]:
        if len(cells) != len(names):
            raise ValueError(
                f"`source` must have {len(names)} cells a line, as in its first. Received: "
                f"{str(path)!r} with {len(cells)} in line {number}"
            )
    columns = zip(*(cells for _, cells in lines[1:]), strict=True)
    by_name = {name: list(cells) for name, cells in zip(names, columns, strict=True)}
    return Cells(by_name, [f"line {number}" for number, _ in lines[1:]])


def _text(path: Path) -> str:
    content = path.read_bytes()
    encoding = _BYTE_ORDER_MARKS.get(content[:2], "utf-8-sig")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(
            f"`source` must be a CSV file in UTF-8. Received: {str(path)!r}, whose line {line} is "
            "in another encoding. Save it again as 'CSV UTF-8'."
        ) from error


def _lines(
    text: str, separator: str, path: str | os.PathLike[str]
) -> Iterator[tuple[int, list[str]]]:
    """Yields the number of each line that is not empty, and its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise ValueError(
            f"`source` must be a CSV file. Received: {str(path)!r}, whose line {reader.line_num} "
            f"cannot be read: {error}"
        ) from error


def _require_distinct(names: list[str], where: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"`source` must name each column once. Received: {twice} in {where}")
