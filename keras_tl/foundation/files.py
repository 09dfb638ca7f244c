"""Files that are either whole or absent, and digests that tell contents apart."""

import contextlib
import csv
import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a temporary path beside `path`, renamed to `path` if the block succeeds.

    The temporary name ends like `path`, so that writers which look at the suffix are content.
    Whatever the block wrote is removed if it fails.

    Raises:
        OSError: If the directory cannot be written or the disk is full; it names `path`.
    """
    path = Path(path)
    temporary = path.with_name(f".{uuid.uuid4().hex[:8]}.{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _sync(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise could_not_write(error, path) from error
    finally:
        discard(temporary)


def leftovers(path: Path) -> list[Path]:
    """Returns what processes that were killed within `replacing(path)` left beside `path`.

    One that is still at it has its temporary path there too.
    """
    names = re.compile(rf"\.[0-9a-f]{{8}}\.{re.escape(path.name)}")
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    return sorted(other for other in beside if names.fullmatch(other.name))


def discard(path: Path) -> None:
    """Removes a file or a directory tree, if it is there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Writes `text` to `path`, atomically."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | os.PathLike[str], value: Any) -> None:
    """Writes `value` to `path` as indented JSON, atomically."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_csv(
    path: str | os.PathLike[str],
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    end_of_row: str = "\r\n",
) -> None:
    """Writes rows to `path` as CSV, atomically; a cell that is None or absent is empty.

    Raises:
        ValueError: If a row has a column that is not among `columns`.
    """
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator=end_of_row)
        writer.writeheader()
        writer.writerows(rows)


def write_yaml(path: str | os.PathLike[str], value: Any) -> None:
    """Writes `value` to `path` as YAML in the order of its keys, atomically."""
    write_text(path, yaml.safe_dump(value, sort_keys=False, allow_unicode=True))


def read_yaml(path: str | os.PathLike[str]) -> Any:
    """Reads a YAML file with the safe loader.

    Raises:
        ValueError: If the file is not YAML; it names the file and the line.
    """
    try:
        return yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{str(path)!r} is not a YAML file: {error}") from error


def digest(*parts: bytes | str) -> str:
    """Returns a short hexadecimal digest (SHA-256, its first 16 bytes) of `parts`, in order."""
    hasher = hashlib.sha256()
    for part in parts:
        content = part.encode("utf-8") if isinstance(part, str) else part
        hasher.update(len(content).to_bytes(8, "little"))
        hasher.update(content)
    return hasher.hexdigest()[:32]


def digest_of_file(path: str | os.PathLike[str]) -> str:
    """Returns a short hexadecimal digest (SHA-256, its first 16 bytes) of what is in a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def could_not_write(error: OSError, path: Path) -> OSError:
    """Returns an error of the same kind that names what was to be written, and the way out."""
    reason = error.strerror or str(error)
    return type(error)(
        error.errno,
        f"Could not write {str(path)!r}: {reason}. Nothing was left under that name; "
        "free space or choose another place, then run the same again",
    )


def _sync(path: Path) -> None:
    if path.is_file():
        with open(path, "rb") as file:
            os.fsync(file.fileno())
