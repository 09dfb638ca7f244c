"""Scikit-learn's handwritten digits, plain and blended onto its photographs."""

import numpy as np

from keras_tl.data.decode import resize
from keras_tl.data.examples import Examples

PHOTO_SIZE = 64
_PHOTO_SEED = 20


def digits() -> Examples:
    """Returns 1,797 handwritten digits of 8 by 8 pixels, bright on dark."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    levels = (bunch.images * (255.0 / 16.0)).astype("float32")
    names = [str(name) for name in bunch.target_names]
    return Examples(np.repeat(levels[..., None], 3, axis=-1), bunch.target.astype("int64"), names)


def digits_on_photographs() -> Examples:
    """Returns the same digits as `|digit - patch|` on random patches of two photographs.

    In colour, 64 by 64 pixels. The construction is that of MNIST-M (Ganin et al., 2016,
    arXiv:1505.07818), on scikit-learn's own pictures.
    """
    import keras
    from sklearn.datasets import load_sample_images

    plain = digits()
    large = keras.ops.convert_to_numpy(resize(plain.pictures, (PHOTO_SIZE, PHOTO_SIZE), "stretch"))
    photographs = load_sample_images().images
    generator = np.random.default_rng(_PHOTO_SEED)
    patches = np.stack([_patch(photographs, generator) for _ in large])
    return Examples(np.abs(large - patches), plain.labels, plain.class_names)


def _patch(photographs: list[np.ndarray], generator: np.random.Generator) -> np.ndarray:
    photograph = photographs[generator.integers(len(photographs))]
    height, width, _ = photograph.shape
    top = generator.integers(height - PHOTO_SIZE + 1)
    left = generator.integers(width - PHOTO_SIZE + 1)
    return photograph[top : top + PHOTO_SIZE, left : left + PHOTO_SIZE].astype("float32")
