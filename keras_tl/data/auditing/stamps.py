"""By what a file is known again without reading it: its path, its size and when it was changed."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

SETTLED_SECONDS = 2.0
"""A file may be written twice within the resolution of its time; younger ones are not trusted."""


class Stamp(NamedTuple):
    """Size in bytes, and time of the last change in nanoseconds since 1970."""

    size: int
    changed: int

    @property
    def is_settled(self) -> bool:
        """Whether another change would show in the time."""
        return self.changed < time.time_ns() - SETTLED_SECONDS * 1e9


def stamp(path: Path) -> Stamp | None:
    """Returns the stamp of a file, that of its target for a link; None if there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return Stamp(status.st_size, status.st_mtime_ns)


def common_folder(paths: Sequence[Path]) -> Path | None:
    """Returns the deepest folder that all paths lie in, absolute; None without paths."""
    folders = {os.path.dirname(os.path.abspath(path)) for path in paths}
    return Path(os.path.commonpath(folders)) if folders else None
