"""RandAugment (Cubuk et al., 2020, arXiv:1909.13719) as a function of numbers alone.

A picture goes through two different ones of the paper's fourteen operations, drawn evenly; in the
paper one may come twice. Amounts are drawn too, evenly up to the greatest of AutoAugment's search
space (Cubuk et al., 2019, arXiv:1805.09501), where the paper takes the same for all. So pictures
are turned by 30 degrees at most; `keras.layers.RandAugment` turns by up to 180, one way only.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
import PIL
from PIL import Image, ImageEnhance, ImageOps, ImageStat

from keras_tl.foundation.checks import at_least

OPERATIONS_A_PICTURE = 2

_VERSION = 1
_STREAM = 0xA07

Picture = Image.Image
Change = Callable[[Picture, float], Picture]


class Operation(NamedTuple):
    """A row of `OPERATIONS`.

    Attributes:
        change: Takes a picture and a value from minus to plus `most`; 0 changes least.
        most: The greatest value; 0 where there is nothing to draw.
    """

    change: Change
    most: float


def _identity(picture: Picture, value: float) -> Picture:
    return picture


def _auto_contrast(picture: Picture, value: float) -> Picture:
    return ImageOps.autocontrast(picture)


def _equalize(picture: Picture, value: float) -> Picture:
    return ImageOps.equalize(picture)


def _rotate(picture: Picture, degrees: float) -> Picture:
    return picture.rotate(degrees, Image.Resampling.BILINEAR, fillcolor=_mean_colour(picture))


def _solarize(picture: Picture, levels: float) -> Picture:
    return ImageOps.solarize(picture, 256 - round(abs(levels)))


def _posterize(picture: Picture, bits: float) -> Picture:
    return ImageOps.posterize(picture, 8 - round(abs(bits)))


def _enhance(kind: Callable[[Picture], Any]) -> Change:
    return lambda picture, share: kind(picture).enhance(1 + share)


def _shear_x(picture: Picture, slope: float) -> Picture:
    return _affine(picture, (1, slope, -slope * picture.height / 2, 0, 1, 0))


def _shear_y(picture: Picture, slope: float) -> Picture:
    return _affine(picture, (1, 0, 0, slope, 1, -slope * picture.width / 2))


def _translate_x(picture: Picture, share: float) -> Picture:
    return _affine(picture, (1, 0, share * picture.width, 0, 1, 0))


def _translate_y(picture: Picture, share: float) -> Picture:
    return _affine(picture, (1, 0, 0, 0, 1, share * picture.height))


def _affine(picture: Picture, matrix: tuple[float, ...]) -> Picture:
    """Fills each place `(x, y)` from `(a x + b y + c, d x + e y + f)`."""
    return picture.transform(
        picture.size,
        Image.Transform.AFFINE,
        matrix,
        Image.Resampling.BILINEAR,
        fillcolor=_mean_colour(picture),
    )


def _mean_colour(picture: Picture) -> tuple[int, ...]:
    return tuple(round(level) for level in ImageStat.Stat(picture).mean)


OPERATIONS = {
    "identity": Operation(_identity, 0),
    "auto-contrast": Operation(_auto_contrast, 0),
    "equalize": Operation(_equalize, 0),
    "rotate": Operation(_rotate, 30),
    "solarize": Operation(_solarize, 256),
    "color": Operation(_enhance(ImageEnhance.Color), 0.9),
    "posterize": Operation(_posterize, 4),
    "contrast": Operation(_enhance(ImageEnhance.Contrast), 0.9),
    "brightness": Operation(_enhance(ImageEnhance.Brightness), 0.9),
    "sharpness": Operation(_enhance(ImageEnhance.Sharpness), 0.9),
    "shear-x": Operation(_shear_x, 0.3),
    "shear-y": Operation(_shear_y, 0.3),
    "translate-x": Operation(_translate_x, 150 / 331),
    "translate-y": Operation(_translate_y, 150 / 331),
}
"""The paper's operations; values are degrees, levels, bits, slopes, and shares of the size."""


@dataclass(frozen=True)
class RandAugmentation:
    """Views by RandAugment, for training only; pixels are rounded to whole levels.

    Args:
        flip: Whether half of the pictures are mirrored, left to right, before all else. Turn it
            off where a mirrored picture means something else, as with digits and text.
        seed: Seed of all draws, 0 or more.

    Raises:
        ValueError: If the seed is negative.
    """

    flip: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        at_least("seed", self.seed, 0)

    def __call__(
        self, images: np.ndarray, numbers: Sequence[int] | np.ndarray, view: int
    ) -> np.ndarray:
        """Returns pictures in a view, filled by the mean colour; see `Augmenter`."""
        at_least("view", view, 0)
        if view == 0 or not len(images):
            return images
        pairs = zip(images, numbers, strict=True)
        return np.stack([self._seen(image, int(number), view) for image, number in pairs])

    def to_dict(self) -> dict[str, Any]:
        """Returns all that the pixels follow from beside the picture, its number and the view."""
        return {
            "strength": "rand",
            **asdict(self),
            "operations": {name: operation.most for name, operation in OPERATIONS.items()},
            "operations_a_picture": OPERATIONS_A_PICTURE,
            "version": _VERSION,
            "pillow": PIL.__version__,
        }

    def _seen(self, image: np.ndarray, number: int, view: int) -> np.ndarray:
        generator = np.random.default_rng((self.seed, view, number, _STREAM))
        mirror, *amounts = generator.uniform(-1, 1, 1 + OPERATIONS_A_PICTURE).tolist()
        chosen = generator.choice(list(OPERATIONS), OPERATIONS_A_PICTURE, replace=False)
        levels = np.rint(image).astype("uint8")
        picture = Image.fromarray(levels[:, ::-1] if self.flip and mirror < 0 else levels)
        for name, amount in zip(chosen, amounts, strict=True):
            operation = OPERATIONS[name]
            picture = operation.change(picture, operation.most * amount)
        return np.asarray(picture, "float32")
