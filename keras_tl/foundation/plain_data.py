"""Results as plain data that JSON can say: numbers, texts, lists and mappings."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def as_plain(value: Any, *, without: type | tuple[type, ...] = ()) -> Any:
    """Returns a result as plain data.

    A dataclass becomes a mapping, an array a list; a number that is not finite is None, and what
    is not known as data is its text.

    Args:
        value: Anything.
        without: Types whose instances are left out of mappings and dataclasses.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return as_plain({f.name: getattr(value, f.name) for f in fields(value)}, without=without)
    if isinstance(value, Mapping):
        kept = {name: one for name, one in value.items() if not isinstance(one, without)}
        return {whole(str(name)): as_plain(one, without=without) for name, one in kept.items()}
    if isinstance(value, np.ndarray):
        return as_plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [as_plain(one, without=without) for one in value]
    return _scalar(value.item() if isinstance(value, np.generic) else value)


def whole(text: str) -> str:
    """Returns a text that UTF-8 can write: half characters, as in odd file names, are escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _scalar(value: Any) -> Any:
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int)) else whole(str(value))
