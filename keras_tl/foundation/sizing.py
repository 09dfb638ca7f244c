"""The size of images, and the ways to bring a picture to it."""

from keras_tl.foundation.checks import at_least

RESIZE_POLICIES = ("crop", "pad", "stretch")


def as_size(image_size: int | tuple[int, int]) -> tuple[int, int]:
    """Returns `(height, width)` in pixels; one number means a square.

    Raises:
        ValueError: If a side is not a positive integer.
    """
    sides = (image_size, image_size) if isinstance(image_size, int) else tuple(image_size)
    if len(sides) != 2:
        raise ValueError(
            "`image_size` must be one number or (height, width). "
            f"Received: image_size={image_size!r}"
        )
    height, width = (at_least("image_size", side, 1) for side in sides)
    return height, width
