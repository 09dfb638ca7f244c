"""Pictures and labels that are in memory."""

from collections.abc import Sequence

import numpy as np

from keras_tl.data.examples import Examples, encode_labels


def from_arrays(
    images: np.ndarray, labels: np.ndarray, class_names: Sequence[str] | None = None
) -> Examples:
    """Reads `(images, labels)`.

    Args:
        images: `(images, height, width, 3)`, or `(images, height, width)` and
            `(images, height, width, 1)` in grey; in 0..255.
        labels: `(images,)` names or numbers, or `(images, classes)` 0/1.
        class_names: Names in the order of the numbers.

    Raises:
        ValueError: If shapes do not match, values are not finite, or images look like 0..1.
    """
    images = np.asarray(images)
    numbers, names = encode_labels(labels, class_names)
    if len(images) != len(numbers):
        raise ValueError(
            "`images` and `labels` must be equally many. "
            f"Received: {len(images)} images, {len(numbers)} labels"
        )
    return Examples(_as_rgb(_in_levels(images)), numbers, names)


def _as_rgb(images: np.ndarray) -> np.ndarray:
    if images.ndim == 3 and images.shape[-1] != 3:
        images = images[..., None]
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            "`images` must have the shape (images, height, width, 3), or 1 or no channels axis "
            f"for grey; one image is `image[None]`. Received: images.shape={images.shape}"
        )
    return np.repeat(images, 3, axis=-1) if images.shape[-1] == 1 else images


def _in_levels(images: np.ndarray) -> np.ndarray:
    is_float = np.issubdtype(images.dtype, np.floating)
    if is_float and not np.isfinite(images).all():
        raise ValueError("`images` must be finite. Received: NaN or infinite values")
    if images.size and (images.min() < 0 or images.max() > 255 or (is_float and images.max() <= 1)):
        raise ValueError(
            "`images` must be in 0..255, since preprocessing is in the model. Received: values "
            f"from {images.min():g} to {images.max():g}. Images in 0..1 need `images * 255`."
        )
    return images
