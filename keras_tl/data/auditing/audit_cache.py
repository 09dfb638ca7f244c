"""What audits found of the pictures of a folder, kept so that a second one costs next to nothing.

One file a folder, in the user's directory and not among the pictures. It is only ever a help:
where it cannot be read, or is not exactly what was written, everything is looked at again.
"""

import contextlib
import json
import os
from importlib import metadata
from pathlib import Path
from typing import Literal

from keras_tl.data.auditing.inspection import Inspection
from keras_tl.data.auditing.stamps import Stamp
from keras_tl.foundation.files import digest, discard, write_text

FORMAT = "keras_tl audit, 2"
"""To be raised whenever a look at the same file may find something else."""

LIMIT_BYTES = 200 * 2**20

AUTO: Literal["auto"] = "auto"

AuditCacheOption = str | Path | None
"""`"auto"`, a directory, or None."""

Known = dict[str, tuple[Stamp, Inspection]]


def directory_of(audit_cache: AuditCacheOption) -> Path | None:
    """Returns the directory that an argument `audit_cache` means; None remembers nothing."""
    directory = users_directory() if audit_cache == AUTO else audit_cache
    return None if directory is None else Path(directory)


def users_directory() -> Path:
    """Returns where the user's audits are remembered: beside the weights that Keras fetches."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "keras_tl" / "audits"


class AuditCache:
    """The remembered look at the pictures of one folder.

    Args:
        directory: Where such files lie; made when one is written.
        folder: The folder of the pictures, absolute.
        limit_bytes: What all of them together may take; the least recently used go first.
    """

    def __init__(self, directory: Path, folder: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self.folder = folder
        self.path = directory / f"{digest(os.fsencode(folder))}.json"
        self.limit_bytes = limit_bytes

    def name(self, path: Path) -> str:
        """Returns what a picture is called in here: its path in the folder."""
        return os.path.abspath(path).removeprefix(os.path.join(self.folder, ""))

    def read(self) -> Known:
        """Returns what is known, by name; nothing if the file is of another version, or damaged."""
        try:
            heading, _, content = self.path.read_text(encoding="utf-8").partition("\n")
        except (OSError, ValueError):
            return {}
        if heading != _heading(content):
            return {}
        return {
            name: (Stamp(*row[:2]), Inspection(*row[2:]))
            for name, row in json.loads(content).items()
        }

    def write(self, known: Known) -> None:
        """Writes what is known of files that are still there, and makes room for it.

        Of no effect where nothing can be written, or where it would not fit.
        """
        rows = {
            name: [*stamp, *found]
            for name, (stamp, found) in known.items()
            if os.path.lexists(self.folder / name)
        }
        content = json.dumps(rows)
        if len(content) <= self.limit_bytes:
            with contextlib.suppress(OSError):
                write_text(self.path, f"{_heading(content)}\n{content}")
                self._make_room()

    def touch(self) -> None:
        """Notes that it was used now."""
        with contextlib.suppress(OSError):
            os.utime(self.path)

    def _make_room(self) -> None:
        """Removes other files, the least recently used first, as long as there are too many."""
        status = {path: path.stat() for path in self.path.parent.glob("*.json")}
        total = sum(one.st_size for one in status.values())
        for path in sorted(status.keys() - {self.path}, key=lambda path: status[path].st_mtime):
            if total <= self.limit_bytes:
                return
            discard(path)
            total -= status[path].st_size


def _heading(content: str) -> str:
    """Returns the first line of a file: what wrote it, what decoded, what it must hold."""
    decoders = ", ".join(f"{name} {_version(name)}" for name in ("tensorflow", "pillow"))
    return f"{FORMAT}, {decoders}, {digest(content)}"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "of another name"
