"""Comparing runs: on their test pictures, one by one, and over their epochs."""

import os
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from keras_tl.evaluation.comparison import Comparison

Where: TypeAlias = str | os.PathLike[str]


def compare(
    runs: Sequence[Where] | Mapping[str, Where], *, reference: str | None = None
) -> Comparison:
    """Sets runs side by side and tests each against a reference, picture by picture.

    Args:
        runs: Directories of runs that have ended, at least two; a mapping gives them names, which
            are otherwise those of the directories.
        reference: Name of the run that the others are compared with; the first by default.

    Returns:
        Scores on the test split of each run, paired tests where two runs have the same test
        pictures and classes, and why not where they do not; prints as a table.

    Raises:
        ValueError: If there are fewer than two runs, two have the same name, one has not ended or
            cannot be scored, or `reference` names none.
    """
    raise NotImplementedError
