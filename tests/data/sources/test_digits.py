import numpy as np
from PIL import Image
from sklearn.datasets import load_digits, load_sample_images

from keras_tl.data.sources.digits import PHOTO_SIZE, digits, digits_on_photographs


def test_digits_are_scikit_learns_at_full_range():
    bunch, found = load_digits(), digits()
    assert found.pictures.shape == (1797, 8, 8, 3)
    np.testing.assert_allclose(found.pictures[..., 0], bunch.images * 255 / 16, rtol=1e-6)
    np.testing.assert_array_equal(found.labels, bunch.target)
    assert found.class_names == [str(i) for i in range(10)]
    assert found.pictures.max() == 255


def test_digits_on_photographs_are_seeded_colour_and_not_plain():
    first, second, plain = digits_on_photographs(), digits_on_photographs(), digits()
    np.testing.assert_array_equal(first.pictures, second.pictures)
    np.testing.assert_array_equal(first.labels, plain.labels)
    assert first.pictures.shape == (1797, PHOTO_SIZE, PHOTO_SIZE, 3)
    assert np.ptp(first.pictures, axis=-1).mean() > 10
    assert first.pictures.min() >= 0
    assert first.pictures.max() <= 255


def test_a_digit_is_subtracted_from_a_patch_of_a_photograph():
    found = digits_on_photographs().pictures
    digit = upscaled(digits().pictures)
    photographs = load_sample_images().images
    for row in (0, 1, 900, 1796):
        ink = digit[row]
        is_ground = ink.max(axis=-1) == 0
        ground = found[row][is_ground]
        where = [place(ground, is_ground, photograph) for photograph in photographs]
        photograph, (top, left) = next(
            (p, spot) for p, spot in zip(photographs, where, strict=True) if spot is not None
        )
        patch = photograph[top : top + PHOTO_SIZE, left : left + PHOTO_SIZE].astype("float32")
        np.testing.assert_allclose(found[row], abs(ink - patch), atol=1e-3)


def upscaled(images):
    """Bilinear, by Pillow, in floating point: the digits have no antialias to speak of."""

    def one(levels):
        size = (PHOTO_SIZE, PHOTO_SIZE)
        return np.asarray(Image.fromarray(levels).resize(size, Image.Resampling.BILINEAR))

    return np.repeat(np.stack([one(image[..., 0]) for image in images])[..., None], 3, axis=-1)


def place(ground, is_ground, photograph):
    """The corner of the patch whose levels under the mask are `ground`, or None."""
    rows, columns = np.nonzero(is_ground)
    height, width = (side - PHOTO_SIZE + 1 for side in photograph.shape[:2])
    spots = np.indices((height, width)).reshape(2, -1).T
    for i in range(0, len(rows), 40):
        found = photograph[spots[:, 0] + rows[i], spots[:, 1] + columns[i]]
        spots = spots[(found == ground[i]).all(axis=-1)]
    return tuple(spots[0]) if len(spots) == 1 else None
