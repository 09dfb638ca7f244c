"""Names of files as they can be written and shown, whatever bytes they are made of."""

import os
from collections.abc import Iterable


def storable(path: str | os.PathLike[str]) -> str:
    r"""Returns a name that any text file can hold; bytes that are no UTF-8 become `\xff`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def printable(name: str) -> str:
    r"""Returns a name on one line, with `\n` for a line break; nothing in it steers a terminal."""
    return "".join(
        character if character.isprintable() else _escape(character) for character in name
    )


def common_beginning(names: Iterable[str]) -> str:
    """Returns the folder that all names lie in, with the separator; empty if there is none."""
    try:
        folder = os.path.commonpath({os.path.dirname(name) for name in names})
    except ValueError:
        return ""
    return os.path.join(folder, "") if folder else ""


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
