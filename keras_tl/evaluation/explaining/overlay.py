"""A map over its picture, in colours that keep their order for every eye and in grey."""

import numpy as np

COLOURS = "inferno"


def coloured(heatmap: np.ndarray) -> np.ndarray:
    """Returns a map `(height, width)` in 0..1 as colours, uint8 `(height, width, 3)`.

    From black over red to light yellow: lightness rises with the value.
    """
    from matplotlib import colormaps

    return colormaps[COLOURS](heatmap, bytes=True)[..., :3]


def overlay(
    image: np.ndarray, heatmap: np.ndarray, *, alpha: float, size: tuple[int, int] | None = None
) -> np.ndarray:
    """Returns a picture under a map.

    Args:
        image: Uint8 `(height, width, 3)`.
        heatmap: `(height, width)` in 0..1.
        alpha: Share of the map's colours; 0 is the picture alone.
        size: Height and width of the result, in pixels; None leaves it as it is.

    Returns:
        Uint8 `(height, width, 3)`.
    """
    from PIL import Image

    both = Image.blend(Image.fromarray(image), Image.fromarray(coloured(heatmap)), alpha)
    if size is not None:
        both = both.resize(size[::-1], Image.Resampling.BICUBIC)
    return np.asarray(both)
