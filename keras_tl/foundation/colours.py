"""A colour: what shows where a picture is transparent."""

from typing import Any

Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)


def as_colour(background: Any) -> Colour:
    """Returns `background` as three levels.

    Raises:
        ValueError: If it is not three integers in 0..255.
    """
    levels = tuple(background) if isinstance(background, (tuple, list)) else ()
    if len(levels) == 3 and all(type(level) is int and 0 <= level <= 255 for level in levels):
        return levels
    raise ValueError(
        "`background` must be three whole levels in 0..255 for red, green and blue, as in "
        f"(255, 255, 255). Received: background={background!r}"
    )
