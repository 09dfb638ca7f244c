"""Pictures of letters as training samples: distorted, coloured, and put on backgrounds.

Everything random comes from a generator that the caller passes.
"""

import functools

import numpy as np
import sklearn.datasets
from PIL import Image
from scipy import ndimage

import letters

IMAGE_SIZE = 64
"""Side of a sample, in pixels."""


def random_affine(rng: np.random.Generator) -> np.ndarray:
    """Draws a map from offsets in a sample to offsets in a clean mask, float `(2, 2)`.

    Rotation, slant, aspect and size vary about as much as they do in handwriting.
    """
    angle = rng.normal(0, np.radians(8))
    cosine, sine = np.cos(angle), np.sin(angle)
    slant = [[1, 0], [rng.normal(0, 0.2), 1]]
    aspect = np.exp(rng.normal(0, 0.15))
    extent = rng.uniform(0.75, 1.05) * IMAGE_SIZE / letters.GLYPH_EXTENT
    stretch = np.diag([1 / aspect, aspect]) / extent
    return np.array([[cosine, -sine], [sine, cosine]]) @ slant @ stretch


def random_waves(rng: np.random.Generator, strength: float) -> np.ndarray:
    """Draws a smooth displacement field, in pixels, float `(2, IMAGE_SIZE, IMAGE_SIZE)`."""
    knots = rng.normal(0, strength, (2, 5, 5))
    return interpolation() @ knots @ interpolation().T


@functools.cache
def interpolation() -> np.ndarray:
    """Returns the cubic interpolation of 5 knots over the side of a sample, `(IMAGE_SIZE, 5)`."""
    return ndimage.zoom(np.eye(5), (IMAGE_SIZE / 5, 1), order=3)


def warp(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Deforms a clean mask: affinely, elastically, and shifted off centre.

    Args:
        mask: Clean mask, `(GLYPH_SIZE, GLYPH_SIZE)`.
        rng: Source of randomness.

    Returns:
        Ink, float32 `(IMAGE_SIZE, IMAGE_SIZE)`.
    """
    axis = np.arange(IMAGE_SIZE) - (IMAGE_SIZE - 1) / 2
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"))
    grid = np.einsum("ij,jhw->ihw", random_affine(rng), grid - rng.normal(0, 2, (2, 1, 1)))
    grid += random_waves(rng, strength=rng.uniform(0, 4)) + (letters.GLYPH_SIZE - 1) / 2
    return ndimage.map_coordinates(mask, grid, np.float32, order=1)


def restroke(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Redraws ink with a finer or a broader pen: blurs it and cuts it off at a random level.

    Returns:
        Ink in 0..1, float32 of the same shape.
    """
    blurred = ndimage.gaussian_filter(ink, sigma=rng.uniform(0.7, 3))
    level = blurred.max() * rng.uniform(0.2, 0.55)
    return np.clip((blurred - level) / (0.3 * blurred.max() + 1e-6) + 0.5, 0, 1)


def coarsen(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Loses resolution: averages ink down to as few as 8 pixels a side, and scales it up again."""
    size = 8 if rng.random() < 0.25 else int(np.exp(rng.uniform(np.log(8), np.log(IMAGE_SIZE))))
    small = Image.fromarray(ink).resize((size, size), Image.Resampling.BOX)
    return np.asarray(small.resize(ink.shape, Image.Resampling.BILINEAR))


def distort(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turns a clean mask into one that somebody might have written, and a camera have seen.

    Args:
        mask: Clean mask, `(GLYPH_SIZE, GLYPH_SIZE)`.
        rng: Source of randomness.

    Returns:
        Ink in 0..1, float32 `(IMAGE_SIZE, IMAGE_SIZE)`.
    """
    return coarsen(restroke(warp(mask, rng), rng), rng)


@functools.cache
def photographs() -> np.ndarray:
    """Returns scikit-learn's sample photographs, float32 `(photographs, height, width, 3)`."""
    return np.stack(sklearn.datasets.load_sample_images().images).astype("float32")


def photo_patches(count: int, rng: np.random.Generator) -> np.ndarray:
    """Cuts random patches out of the photographs, float32 `(count, IMAGE_SIZE, IMAGE_SIZE, 3)`."""
    windows = np.lib.stride_tricks.sliding_window_view(
        photographs(), (IMAGE_SIZE, IMAGE_SIZE), axis=(1, 2)
    )
    patches = windows[tuple(rng.integers(side, size=count) for side in windows.shape[:3])]
    return patches.transpose(0, 2, 3, 1)


def random_colours(count: int, rng: np.random.Generator) -> np.ndarray:
    """Draws colours, half of them grey, float32 `(count, 1, 1, 3)` in 0..255."""
    colours = rng.uniform(0, 255, (count, 1, 1, 3))
    grey = rng.random((count, 1, 1, 1)) < 0.5
    return np.where(grey, colours[..., :1], colours).astype("float32")


def random_plain(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draws plain backgrounds and inks that differ by a third of the range or more.

    Returns:
        Backgrounds and inks, each float32 `(count, 1, 1, 3)` in 0..255.
    """
    dark = random_colours(count, rng) / 3
    bright = 255 - random_colours(count, rng) / 3
    pure = rng.random((count, 1, 1, 1)) < 0.5
    dark, bright = np.where(pure, 0, dark), np.where(pure, 255, bright)
    swapped = rng.random((count, 1, 1, 1)) < 0.5
    return np.where(swapped, bright, dark), np.where(swapped, dark, bright)


def compose(ink: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Puts ink on backgrounds: most plain, some on photographs, some blended with them.

    A blend is the absolute difference of bright ink and photograph.

    Args:
        ink: Ink in 0..1, `(batch, IMAGE_SIZE, IMAGE_SIZE)`.
        rng: Source of randomness.

    Returns:
        Images, float32 `(batch, IMAGE_SIZE, IMAGE_SIZE, 3)` in 0..255.
    """
    ink = ink[..., np.newaxis]
    background, colour = random_plain(len(ink), rng)
    plain = background + ink * (colour - background)
    patches = photo_patches(len(ink), rng)
    drawn = patches + ink * (colour - patches)
    blended = np.abs(255 * ink - patches)
    kind = rng.choice(3, p=(0.6, 0.2, 0.2), size=(len(ink), 1, 1, 1))
    return np.choose(kind, (plain, drawn, blended))
