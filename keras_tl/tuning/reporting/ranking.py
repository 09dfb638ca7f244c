"""Trials in the order of their scores, and the settings that tell them apart."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from keras_tl.foundation.checks import one_of
from keras_tl.tuning.records import COMPLETED, RUNNING, TrialRecord

DIRECTIONS = ("max", "min")
ORDER = (
    "backbone",
    "boundary",
    "trainable_stages",
    "head_rate",
    "backbone_rate",
    "layer_decay",
    "head",
    "recipe",
    "dropout",
    "label_smoothing",
    "augment",
)


def scored(records: Iterable[TrialRecord]) -> list[TrialRecord]:
    """Returns the completed trials that have a finite score, in the order given."""
    return [record for record in records if record.status == COMPLETED and _is_finite(record)]


def ranked(records: Sequence[TrialRecord], direction: str) -> list[TrialRecord]:
    """Returns all trials: those with a score, best first, then the running, then the others.

    Among equals the order is the one given.

    Args:
        records: Trials.
        direction: `"max"` if more is better, else `"min"`.

    Raises:
        ValueError: If the direction is another.
    """
    sign = -1 if one_of("direction", direction, DIRECTIONS) == "max" else 1
    first = sorted(scored(records), key=lambda record: sign * (record.score or 0.0))
    rest = [record for record in records if record.status != COMPLETED or not _is_finite(record)]
    return first + sorted(rest, key=lambda record: record.status != RUNNING)


def setting_names(records: Iterable[TrialRecord]) -> list[str]:
    """Returns the names of all settings: a user's own as they are first met, then ours."""
    names = dict.fromkeys(name for record in records for name in record.settings)
    return sorted(names, key=lambda name: ORDER.index(name) if name in ORDER else -1)


def varying(records: Sequence[TrialRecord]) -> list[str]:
    """Returns the names of the settings that have several values where they act."""
    names = setting_names(records)
    return [name for name in names if len(values_of(records, name)) > 1]


def values_of(records: Iterable[TrialRecord], name: str) -> list[Any]:
    """Returns the different values of a setting, in the order in which they are first met."""
    given = (record.settings[name] for record in records if name in record.settings)
    return list({_key(value): value for value in given}.values())


def _key(value: Any) -> str:
    """Tells True from 1, but not 1 from 1.0."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return repr(float(value)) if is_number else repr(value)


def _is_finite(record: TrialRecord) -> bool:
    return record.score is not None and math.isfinite(record.score)
