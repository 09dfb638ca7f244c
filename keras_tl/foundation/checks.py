"""Argument checks with errors in Keras's form: what it must be, what was received, the way out."""

import difflib
from collections.abc import Iterable
from typing import Any


def suggestion(value: object, options: Iterable[str]) -> str:
    """Returns ` Did you mean 'x'?` for the option nearest to `value`, or nothing."""
    names = {option.lower(): option for option in options}
    near = difflib.get_close_matches(str(value).lower(), names, n=1, cutoff=0.6)
    return f" Did you mean {names[near[0]]!r}?" if near else ""


def one_of(name: str, value: Any, options: Iterable[Any]) -> Any:
    """Returns `value` if it is one of `options`.

    Raises:
        ValueError: If it is not; the message lists the options and suggests the nearest.
    """
    options = list(options)
    if value in options:
        return value
    hint = suggestion(value, [option for option in options if isinstance(option, str)])
    choices = ", ".join(map(repr, options))
    raise ValueError(f"`{name}` must be one of {choices}. Received: {name}={value!r}.{hint}")


def known_keys(name: str, mapping: Iterable[str], allowed: Iterable[str]) -> None:
    """Raises `ValueError` if `mapping` has a key that is not in `allowed`."""
    allowed = list(allowed)
    for key in mapping:
        if key not in allowed:
            raise ValueError(
                f"Unknown key in `{name}`: {key!r}. Known keys: {', '.join(allowed)}."
                f"{suggestion(key, allowed)}"
            )


def in_range(name: str, value: float, low: float, high: float) -> float:
    """Returns `value` if `low <= value <= high`; raises `ValueError` if not."""
    if isinstance(value, (int, float)) and low <= value <= high:
        return value
    raise ValueError(f"`{name}` must be between {low} and {high}. Received: {name}={value!r}")


def at_least(name: str, value: Any, low: int) -> int:
    """Returns `value` if it is an integer of at least `low`; raises `ValueError` if not."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= low:
        return value
    raise ValueError(f"`{name}` must be an integer >= {low}. Received: {name}={value!r}")
