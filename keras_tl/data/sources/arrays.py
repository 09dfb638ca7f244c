"""Pictures and labels that are in memory."""

from collections.abc import Sequence

import numpy as np

from keras_tl.data.examples import Examples
from keras_tl.data.labels import encode_labels


def from_arrays(
    images: np.ndarray,
    labels: np.ndarray,
    class_names: Sequence[str] | None = None,
    multi_label: bool | None = None,
) -> Examples:
    """Reads `(images, labels)`.

    Args:
        images: `(images, height, width, 3)`, or `(images, height, width)` and
            `(images, height, width, 1)` in grey; in 0..255.
        labels: `(images,)` names or numbers, or `(images, classes)` 0/1.
        class_names: Names in the order of the numbers.
        multi_label: What 0/1 rows mean, as in `encode_labels`.

    Raises:
        ValueError: If shapes do not match, values are not finite, images look like 0..1, or as
            for `encode_labels`.
    """
    images = np.asarray(images)
    numbers, names = encode_labels(labels, class_names, multi_label)
    if len(images) != len(numbers):
        raise ValueError(
            "`images` and `labels` must be equally many. "
            f"Received: {len(images)} images, {len(numbers)} labels"
        )
    if images.size:
        require_levels(images.min(), images.max(), images.dtype)
    return Examples(as_rgb(images), numbers, names)


def as_rgb(images: np.ndarray) -> np.ndarray:
    """Returns images of one size, in colour or grey, as `(images, height, width, 3)`.

    Raises:
        ValueError: If they have another shape.
    """
    if images.ndim == 3 and images.shape[-1] != 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            "`images` must have the shape (images, height, width, 3), or 1 or no channels axis "
            f"for grey; one image is `image[None]`. Received: images.shape={images.shape}"
        )
    return np.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images


def require_levels(lowest: float, highest: float, dtype: np.dtype) -> None:
    """Raises `ValueError` unless images with these extremes can be levels from 0 to 255."""
    if not (np.isfinite(lowest) and np.isfinite(highest)):
        raise ValueError("`images` must be finite. Received: NaN or infinite values")
    is_float = np.issubdtype(dtype, np.floating)
    if lowest < 0 or highest > 255 or (is_float and highest <= 1):
        raise ValueError(
            "`images` must be in 0..255, since preprocessing is in the model. Received: values "
            f"from {lowest:g} to {highest:g}. Images in 0..1 need `images * 255`."
        )
