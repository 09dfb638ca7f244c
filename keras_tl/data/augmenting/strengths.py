"""Training pictures that are a little different each time, as a function of numbers alone.

What is done to a picture follows from the seed, the view and the picture's number, whatever else
is in the batch and whichever thread comes first: the draws are one generator's own for each
picture, in Python, and every operation on pixels is picture by picture or pixel by pixel.
"""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import keras
import numpy as np

from keras_tl.foundation.checks import at_least, one_of

_VERSION = 1
_STREAM = 0xA06
_ERASED_SHARE = (0.02, 1 / 3)
_ERASED_ASPECT = 10 / 3


@dataclass(frozen=True)
class Magnitudes:
    """How far a picture may be moved; each amount is drawn evenly from minus to plus the value.

    Attributes:
        rotation: Degrees.
        shift: Share of the width and of the height.
        zoom: Share of the size; 0.2 is from 1/1.2 to 1.2 times, evenly in the logarithm.
        brightness: Share of the 255 levels, added.
        contrast: Share of the distance of each level from the picture's mean.
        erasing: Probability that a rectangle takes the mean colour (Zhong et al., 2020,
            arXiv:1708.04896), with timm's probability, and areas from 2 % to a third.
    """

    rotation: float = 0.0
    shift: float = 0.0
    zoom: float = 0.0
    brightness: float = 0.0
    contrast: float = 0.0
    erasing: float = 0.0


AUGMENTATIONS = {
    "none": Magnitudes(),
    "light": Magnitudes(rotation=5, shift=0.05, zoom=0.1, brightness=0.05, contrast=0.1),
    "medium": Magnitudes(rotation=10, shift=0.1, zoom=0.2, brightness=0.1, contrast=0.2),
    "strong": Magnitudes(
        rotation=20, shift=0.15, zoom=0.35, brightness=0.2, contrast=0.4, erasing=0.25
    ),
}
"""One row a strength. "medium" turns and lights as fastai's `aug_transforms` does (10 degrees,
0.2); "light" is half of it, "strong" about twice."""


class _Draws(NamedTuple):
    """What is drawn for a picture in a view, each evenly from -1 to 1, at every strength alike."""

    mirror: float
    rotation: float
    shift_down: float
    shift_right: float
    zoom: float
    brightness: float
    contrast: float
    erasing: float
    area: float
    aspect: float
    top: float
    left: float


@dataclass(frozen=True)
class Augmentation:
    """Views of pictures, for training only.

    Args:
        strength: A row of `AUGMENTATIONS`.
        flip: Whether half of the pictures are mirrored, left to right. Turn it off where a
            mirrored picture means something else, as with digits and text. It is always off at
            strength `"none"`.
        seed: Seed of all draws, 0 or more.

    Raises:
        ValueError: If there is no such strength, or the seed is negative.
    """

    strength: str
    flip: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("strength", self.strength, AUGMENTATIONS)
        at_least("seed", self.seed, 0)
        object.__setattr__(self, "flip", self.flip and self.strength != "none")

    def __call__(
        self, images: np.ndarray, numbers: Sequence[int] | np.ndarray, view: int
    ) -> np.ndarray:
        """Returns pictures in a view.

        Args:
            images: Float32 `(batch, height, width, 3)` in 0..255.
            numbers: `(batch,)` the number of each picture in its data set.
            view: 0 is the picture as it is, unchanged; each other number is another view.

        Returns:
            Float32 `(batch, height, width, 3)` in 0..255; what a movement uncovers is filled by
            reflection.
        """
        at_least("view", view, 0)
        if view == 0 or self.strength == "none" or not len(images):
            return images
        draws = [_draw(self.seed, view, int(number)) for number in numbers]
        amounts = AUGMENTATIONS[self.strength]
        mirrored = [
            image[:, ::-1] if self.flip and draw.mirror < 0 else image
            for image, draw in zip(images, draws, strict=True)
        ]
        moved = _move(np.stack(mirrored), draws, amounts)
        for image, draw in zip(moved, draws, strict=True):
            _recolour(image, draw, amounts)
            _erase(image, draw, amounts)
        return moved

    def to_dict(self) -> dict[str, Any]:
        """Returns all that the pixels follow from beside the picture, its number and the view."""
        magnitudes = asdict(AUGMENTATIONS[self.strength])
        return {**asdict(self), "magnitudes": magnitudes, "version": _VERSION}


def _draw(seed: int, view: int, number: int) -> _Draws:
    """Draws for one picture; `_STREAM` keeps them apart from the draws of an epoch's order."""
    generator = np.random.default_rng((seed, view, number, _STREAM))
    return _Draws(*generator.uniform(-1, 1, len(_Draws._fields)).tolist())


def _move(images: np.ndarray, draws: Sequence[_Draws], amounts: Magnitudes) -> np.ndarray:
    """Turns, zooms and shifts, on the processor, so that views are the same beside any device."""
    size = images.shape[1:3]
    matrices = np.array([_matrix(draw, amounts, size) for draw in draws], "float32")
    with keras.device("cpu:0"):
        moved = keras.ops.image.affine_transform(
            images, matrices, fill_mode="reflect", data_format="channels_last"
        )
        return np.array(keras.ops.convert_to_numpy(moved))


def _matrix(draw: _Draws, amounts: Magnitudes, size: tuple[int, ...]) -> tuple[float, ...]:
    """Returns the 8 numbers that take a place `(x, y)` in the view to its place in the picture."""
    middle_y, middle_x = ((side - 1) / 2 for side in size)
    angle = math.radians(amounts.rotation * draw.rotation)
    scale = (1 + amounts.zoom) ** draw.zoom
    cosine, sine = math.cos(angle) / scale, math.sin(angle) / scale
    from_x = middle_x + amounts.shift * draw.shift_right * size[1]
    from_y = middle_y + amounts.shift * draw.shift_down * size[0]
    x = from_x - cosine * middle_x + sine * middle_y
    y = from_y - sine * middle_x - cosine * middle_y
    return (cosine, -sine, x, sine, cosine, y, 0.0, 0.0)


def _recolour(image: np.ndarray, draw: _Draws, amounts: Magnitudes) -> None:
    """Changes contrast around the picture's own mean, and brightness, in place."""
    mean = float(image.mean(dtype="float64"))
    image -= mean
    image *= 1 + amounts.contrast * draw.contrast
    image += mean + 255 * amounts.brightness * draw.brightness
    np.clip(image, 0, 255, out=image)


def _erase(image: np.ndarray, draw: _Draws, amounts: Magnitudes) -> None:
    """Paints a rectangle in the picture's mean colour, or leaves it, in place."""
    if _between(0, 1, draw.erasing) >= amounts.erasing:
        return
    height, width, _ = image.shape
    area = _between(*_ERASED_SHARE, draw.area) * height * width
    aspect = _ERASED_ASPECT**draw.aspect
    tall = min(height, max(1, round(math.sqrt(area * aspect))))
    wide = min(width, max(1, round(math.sqrt(area / aspect))))
    top = round(_between(0, height - tall, draw.top))
    left = round(_between(0, width - wide, draw.left))
    image[top : top + tall, left : left + wide] = image.mean(axis=(0, 1), dtype="float64")


def _between(low: float, high: float, drawn: float) -> float:
    """Brings a draw from -1..1 to `low`..`high`."""
    return low + (high - low) * (drawn + 1) / 2
