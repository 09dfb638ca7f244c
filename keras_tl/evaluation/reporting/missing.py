"""What a report says where there is nothing to show."""

from dataclasses import dataclass


class Unavailable(Exception):  # noqa: N818 - not an error: a section that has nothing to look at
    """Raised by a section that has nothing to look at; the message says why, as a sentence."""


@dataclass(frozen=True)
class Missing:
    """Stands in the place of a section.

    Attributes:
        reason: Why there is none, as a sentence.
    """

    reason: str
