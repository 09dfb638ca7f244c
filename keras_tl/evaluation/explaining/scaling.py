"""Maps at the size of the picture, on a scale from 0 to 1."""

import keras
import numpy as np

from keras_tl.data.decode import resize


def enlarged(maps: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Returns maps `(maps, rows, columns)` at a size `(height, width)`, bilinearly."""
    if maps.shape[1:] == size:
        return maps
    return keras.ops.convert_to_numpy(resize(maps[..., None], size, "stretch"))[..., 0]


def scaled(maps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns maps of values of at least 0 divided by the largest of each, and these.

    A map of zeros stays one.

    Args:
        maps: `(maps, height, width)`.

    Returns:
        Maps in 0..1, and `(maps,)` the values that 1 stands for.
    """
    peaks = maps.max(axis=(1, 2))
    divisors = np.where(peaks > 0, peaks, 1.0)
    return (maps / divisors[:, None, None]).astype("float32"), peaks.astype("float32")
