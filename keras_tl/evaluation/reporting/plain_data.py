"""Sections as plain data, for JSON: numbers, texts, lists and mappings, and nothing to look at."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from keras_tl.evaluation.reporting.picture import Picture


def as_plain(value: Any) -> Any:
    """Returns a section as plain data.

    Pictures are left out, a number that is not finite is None, and what is not known as data is
    its text.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return as_plain({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, Mapping):
        shown = {name: one for name, one in value.items() if not isinstance(one, Picture)}
        return {str(name): as_plain(one) for name, one in shown.items()}
    if isinstance(value, np.ndarray):
        return as_plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [as_plain(one) for one in value]
    return _scalar(value.item() if isinstance(value, np.generic) else value)


def _scalar(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
