"""Which columns of a table say where a picture is, what it shows, and how it is divided."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from keras_tl.foundation.checks import known_keys, one_of

Given = Mapping[str, str | Sequence[str] | None]

_DEFAULTS: dict[str, tuple[str, ...]] = {
    "path": ("path", "file", "filename", "image"),
    "label": ("label", "class"),
    "group": ("group",),
    "split": ("split",),
}


class Columns(NamedTuple):
    """Names of columns.

    Attributes:
        path: Of the path of the picture.
        labels: One of the label, or one of 0/1 for each class; none if there is no such name.
        group: Of what must stay together, or None.
        split: Of the part, or None.
    """

    path: str
    labels: tuple[str, ...]
    group: str | None
    split: str | None


def find_columns(names: Sequence[str], given: Given | None = None) -> Columns:
    """Finds columns by the names that the caller gives, or by the usual ones.

    Args:
        names: The columns of the table.
        given: Any of `"path"`, `"label"`, `"group"` and `"split"` to the name of a column, to
            several of 0/1 for `"label"`, or to None to pass over a column that has a usual name.
            What is not given is found by name, in capitals or not: `path`, `file`, `filename` or
            `image`; `label` or `class`; `group`; `split`.

    Raises:
        ValueError: If a given name is no column, no column or more than one is called like a
            path, or more than one like a label.
    """
    given = given or {}
    known_keys("columns", given, _DEFAULTS)
    path = _one("path", names, given)
    if path is None:
        raise ValueError(
            "`columns` must say which column holds the paths, as in columns={'path': 'photo'}, or "
            f"one must be called {' or '.join(_DEFAULTS['path'])}. Received: the columns "
            f"{list(names)}"
        )
    group, split = _one("group", names, given), _one("split", names, given)
    return Columns(path, _labels(names, given), group, split)


def _labels(names: Sequence[str], given: Given) -> tuple[str, ...]:
    chosen = given.get("label")
    if chosen is None or isinstance(chosen, str):
        found = _one("label", names, given)
        return () if found is None else (found,)
    return tuple(one_of("columns['label']", name, names) for name in chosen)


def _one(role: str, names: Sequence[str], given: Given) -> str | None:
    """Returns the column of a role, None if there is none or the caller wants none."""
    if role in given:
        return None if given[role] is None else one_of(f"columns[{role!r}]", given[role], names)
    found = [name for name in names if name.lower() in _DEFAULTS[role]]
    if len(found) > 1:
        raise ValueError(
            f"`columns` must say which column holds the {role}, as in columns={{{role!r}: "
            f"{found[0]!r}}}. Received: a table with {found}"
        )
    return found[0] if found else None
