"""A CSV file that grows row by row, survives being killed, and has its name only when whole."""

import contextlib
import csv
import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from keras_tl.foundation.files import could_not_write, discard

_END_OF_ROW = "\r\n"


class GrowingTable:
    """Rows that are appended to `PATH.KEY.part`, which becomes `PATH` in the end.

    What is there already is kept, but for a row that was cut off. Use it as a context manager.

    Args:
        path: The CSV file.
        key: What makes rows comparable; under another key another table is begun.
        columns: The header. The first column is the name of a row.

    Attributes:
        last_cells: What stands in the last column, by the name of a row.
    """

    def __init__(self, path: Path, key: str, columns: Sequence[str]) -> None:
        self.path = path
        self.part = path.with_name(f"{path.name}.{key}.part")
        self.columns = list(columns)
        self.last_cells: dict[str, str] = {}
        self._guard = FileLock(f"{self.part}.lock")

    def __enter__(self) -> "GrowingTable":
        """Opens the table.

        Raises:
            OSError: If it cannot be written, or another process is writing it.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._lock()
            self._file = open(self.part, "a", newline="", encoding="utf-8")
            self._go_on()
        except OSError as error:
            raise could_not_write(error, self.path) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        discard(Path(self._guard.lock_file))
        self._guard.release()

    def append(self, rows: Iterable[Sequence[Any]]) -> None:
        """Writes rows, which stay even if this process is killed."""
        try:
            for row in rows:
                self._writer.writerow(row)
                self.last_cells[str(row[0])] = str(row[-1])
            self._file.flush()
        except OSError as error:
            raise could_not_write(error, self.path) from error

    def finish(self) -> None:
        """Gives the table its name, in place of an older one."""
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            os.replace(self.part, self.path)
        except OSError as error:
            raise could_not_write(error, self.path) from error

    def _lock(self) -> None:
        try:
            self._guard.acquire(timeout=0)
        except Timeout as error:
            raise OSError(errno.EBUSY, "another process is writing it") from error

    def _go_on(self) -> None:
        """Cuts off what is not whole and notes the rest; a new table gets its header."""
        whole, end = _whole_rows(self.part, len(self.columns)), 0
        for number, (row, behind) in enumerate(whole):
            end = behind
            if number:
                self.last_cells[row[0]] = row[-1]
        self._file.truncate(end)
        self._writer = csv.writer(self._file, lineterminator=_END_OF_ROW)
        if not end:
            self._writer.writerow(self.columns)


def _whole_rows(path: Path, columns: int) -> Iterator[tuple[list[str], int]]:
    """Yields the rows that were written to their end, and the byte behind each."""
    with open(path, "rb") as file, contextlib.suppress(csv.Error):  # cut off within quotes
        lines = _Lines(file)
        for row in csv.reader(lines, strict=True):
            if lines.last.endswith(_END_OF_ROW) and len(row) == columns:
                yield row, file.tell()


class _Lines:
    """Lines of a file as text, with the last one that was taken."""

    def __init__(self, file: Iterable[bytes]) -> None:
        self._lines = (line.decode("utf-8", errors="replace") for line in file)
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.last = line
            yield line
