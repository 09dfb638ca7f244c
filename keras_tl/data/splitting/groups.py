"""Groups that the names of files tell: one patient, one burst, one video."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from keras_tl.data.examples import Examples


def with_groups(examples: Examples, pattern: str) -> Examples:
    r"""Returns the same examples with groups read off the names of their files.

    Args:
        examples: Their pictures are files.
        pattern: A regular expression with at least one group in brackets, such as
            `r"^(patient\d+)_"`. Pictures for which it captures the same are kept together. It is
            searched in the name of the file, or in the whole path, with forward slashes, if it
            holds a slash itself.

    Raises:
        ValueError: If it is no such expression, does not match the name of every picture, the
            pictures are no files, or have groups already.
    """
    expression = _compiled(pattern)
    if examples.groups is not None:
        raise ValueError(
            "`group` must be left out where the table has a column of groups. Received: "
            f"group={pattern!r}. Pass over the column with columns={{'group': None}}."
        )
    names = [_name(picture, pattern) for picture in examples.pictures]
    matches = [expression.search(name) for name in names]
    missed = [name for name, match in zip(names, matches, strict=True) if match is None]
    if missed:
        raise ValueError(
            "`group` must match the name of every picture. Received: "
            f"group={pattern!r}, which does not match {len(missed)} of {len(names)} names, "
            f"such as {missed[0]!r}. A last choice '|(.+)' makes each of those a group."
        )
    return replace(examples, groups=np.array([str(match.groups()) for match in matches if match]))


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"`group` must be a regular expression. Received: group={pattern!r}: {error}"
        ) from error
    if not expression.groups:
        raise ValueError(
            "`group` must have a part in brackets, which names the group, as in "
            rf"'(patient\d+)_'. Received: group={pattern!r}. A column of a table is named by "
            f"columns={{'group': {pattern!r}}}."
        )
    return expression


def _name(picture: object, pattern: str) -> str:
    if not isinstance(picture, Path):
        raise ValueError(
            "`group` needs pictures in files, whose names it can match. Received: pictures in "
            f"memory, and group={pattern!r}"
        )
    return picture.as_posix() if "/" in pattern else picture.name
