"""How large the pictures are."""

from collections.abc import Sequence
from typing import NamedTuple

Size = tuple[int, int]


class Sizes(NamedTuple):
    """Heights and widths in pixels of the pictures with the fewest, the middle and the most."""

    smallest: Size
    median: Size
    largest: Size


def sizes_of(sizes: Sequence[Size]) -> Sizes | None:
    """Orders sizes `(height, width)` by their pixels; None where there are none."""
    if not sizes:
        return None
    ordered = sorted(sizes, key=lambda size: (size[0] * size[1], size))
    return Sizes(ordered[0], ordered[(len(ordered) - 1) // 2], ordered[-1])
