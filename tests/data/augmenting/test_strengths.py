import json
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from keras_tl.data.augmenting.strengths import _STREAM, AUGMENTATIONS, Augmentation, Magnitudes

STRENGTHS = [strength for strength in AUGMENTATIONS if strength != "none"]


@pytest.fixture(scope="module")
def photographs():
    """Smooth pictures, higher than wide, that reach both ends of the levels."""
    generator = np.random.default_rng(0)
    coarse = generator.uniform(0, 255, (40, 5, 4, 3)).repeat(8, axis=1).repeat(8, axis=2)
    kernel = np.ones(9) / 9
    for axis in (1, 2):
        coarse = np.apply_along_axis(np.convolve, axis, coarse, kernel, "same")
    return coarse.astype("float32")


@pytest.fixture
def only(monkeypatch):
    """Makes a strength of one kind of change alone."""

    def make(flip=False, seed=0, **amounts):
        monkeypatch.setitem(AUGMENTATIONS, "only", Magnitudes(**amounts))
        return Augmentation("only", flip, seed)

    return make


def drawn(number, view=1, seed=0):
    """The twelve draws of a picture: mirror, rotation, down, right, zoom, brightness, contrast."""
    return np.random.default_rng((seed, view, number, _STREAM)).uniform(-1, 1, 12)


@pytest.mark.parametrize("strength", AUGMENTATIONS)
def test_view_0_is_the_plain_picture(photographs, strength):
    found = Augmentation(strength, seed=4)(photographs, range(40), 0)
    assert found.tobytes() == photographs.tobytes()


@pytest.mark.parametrize("strength", STRENGTHS)
def test_other_views_are_floats_in_the_levels_and_leave_the_pictures_alone(photographs, strength):
    before = photographs.copy()
    for view in (1, 2, 77):
        found = Augmentation(strength)(photographs, range(40), view)
        assert found.dtype == np.float32
        assert found.shape == photographs.shape
        assert found.min() >= 0
        assert found.max() <= 255
        assert (found != photographs).any(axis=(1, 2, 3)).all()
    np.testing.assert_array_equal(photographs, before)


@pytest.mark.parametrize("strength", STRENGTHS)
def test_a_picture_does_not_depend_on_the_batch_it_is_in(photographs, strength):
    augment = Augmentation(strength, seed=7)
    together = augment(photographs, np.arange(40), 3)
    shuffled = np.random.default_rng(1).permutation(40)
    for size in (1, 3, 7, 32):
        for start in range(0, 40, size):
            rows = shuffled[start : start + size]
            assert augment(photographs[rows], rows, 3).tobytes() == together[rows].tobytes()


def test_threads_and_their_order_change_nothing(photographs):
    augment = Augmentation("strong", seed=7)
    batches = np.array_split(np.random.default_rng(2).permutation(40), 12)

    def by(workers, work):
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(lambda rows: augment(photographs[rows], rows, 5).tobytes(), work))

    alone = by(1, batches)
    assert by(4, batches) == alone
    assert by(4, batches[::-1]) == alone[::-1]


def test_seed_view_and_number_each_give_another_picture(photographs):
    same = np.repeat(photographs[:1], 40, axis=0)
    found = [
        *Augmentation("light", seed=0)(same, range(40), 1),
        *Augmentation("light", seed=0)(same, range(40), 2),
        *Augmentation("light", seed=1)(same, range(40), 1),
    ]
    assert len({image.tobytes() for image in found}) == 120


def test_a_stronger_row_moves_every_amount_and_the_pixels_further(photographs):
    rows = [list(vars(amounts).values()) for amounts in AUGMENTATIONS.values()]
    assert (np.diff(rows, axis=0) >= 0).all()
    moved = [
        np.abs(Augmentation(strength, flip=False)(photographs, range(40), 1) - photographs).mean()
        for strength in AUGMENTATIONS
    ]
    assert moved[0] == 0
    assert moved[1] > 2
    assert (np.diff(moved) > 2).all()


def test_half_of_the_pictures_are_mirrored_and_nothing_else(only):
    images = np.random.default_rng(0).uniform(0, 255, (400, 6, 5, 3)).astype("float32")
    found = only(flip=True)(images, range(400), 1)
    is_mirrored = np.abs(found - images[:, :, ::-1]).max(axis=(1, 2, 3)) < 1e-3
    is_plain = np.abs(found - images).max(axis=(1, 2, 3)) < 1e-3
    assert (is_mirrored ^ is_plain).all()
    assert 160 < is_mirrored.sum() < 240  # within four standard deviations of 200
    assert not np.array_equal(found, only(flip=True)(images, range(400), 2))
    np.testing.assert_allclose(only(flip=False)(images, range(400), 1), images, atol=1e-3)


def test_a_flip_comes_before_all_else(photographs):
    with_flip, without = Augmentation("strong", True), Augmentation("strong", False)
    found = with_flip(photographs, range(40), 1)
    plain = without(photographs, range(40), 1)
    mirrored = without(np.ascontiguousarray(photographs[:, :, ::-1]), range(40), 1)
    for image, *either in zip(found, plain, mirrored, strict=True):
        assert image.tobytes() in [one.tobytes() for one in either]


def test_a_shift_of_whole_pixels_reflects_at_the_border(only):
    """The oracle is NumPy's own symmetric padding."""
    image = np.random.default_rng(0).uniform(0, 255, (1, 10, 10, 3)).astype("float32")
    down, right = drawn(3)[2:4]
    found = only(shift=0.3 / down)(image, [3], 1)[0]
    assert abs(right) < abs(down)
    padded = np.pad(image[0], ((0, 3), (12, 12), (0, 0)), "symmetric")[3:]
    columns = 12 + np.arange(10) + 3 * right / down
    low = np.floor(columns).astype(int)
    part = (columns - low)[:, None]
    expected = padded[:, low] * (1 - part) + padded[:, low + 1] * part
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_turning_and_zooming_are_scipys(only):
    """The oracle is `scipy.ndimage.affine_transform`, linear, with reflection."""
    from scipy import ndimage

    image = np.random.default_rng(0).uniform(0, 255, (12, 9, 3)).astype("float32")
    for number in range(5):
        (
            _,
            turned,
            *_,
        ) = drawn(number)
        angle, scale = math.radians(30 * turned), 1.5 ** drawn(number)[4]
        cosine, sine = math.cos(angle) / scale, math.sin(angle) / scale
        matrix, middle = np.array([[cosine, sine], [-sine, cosine]]), np.array([5.5, 4.0])
        expected = [
            ndimage.affine_transform(
                image[..., channel], matrix, middle - matrix @ middle, order=1, mode="reflect"
            )
            for channel in range(3)
        ]
        found = only(rotation=30, zoom=0.5)(image[None], [number], 1)[0]
        np.testing.assert_allclose(found, np.stack(expected, axis=-1), atol=0.05)


def test_contrast_is_around_the_mean_and_brightness_is_added(only):
    image = np.random.default_rng(0).uniform(100, 150, (1, 6, 6, 3)).astype("float32")
    brightness, contrast = drawn(2)[5:7]
    expected = (image - image.mean()) * (1 + 0.3 * contrast) + image.mean() + 25.5 * brightness
    found = only(brightness=0.1, contrast=0.3)(image, [2], 1)
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_erasing_paints_one_rectangle_in_the_mean_colour(only):
    images = np.random.default_rng(0).uniform(0, 255, (200, 20, 30, 3)).astype("float32")
    found = only(erasing=0.25)(images, range(200), 1)
    changed = np.abs(found - images).max(axis=-1) > 1e-3
    erased = np.flatnonzero(changed.any(axis=(1, 2)))
    assert 26 < len(erased) < 74  # within four standard deviations of 50
    for number in erased:
        rows, columns = changed[number].any(axis=1), changed[number].any(axis=0)
        box = np.ix_(rows, columns)
        np.testing.assert_array_equal(changed[number], np.outer(rows, columns))
        assert 0.01 * 600 < changed[number].sum() <= 0.36 * 600
        mean = images[number].mean(axis=(0, 1))
        np.testing.assert_allclose(
            found[number][box], np.broadcast_to(mean, (*changed[number][box].shape, 3)), atol=0.01
        )


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 3)])
def test_extreme_shapes_are_augmented(shape):
    images = np.full((30, *shape, 3), 100, "float32")
    found = Augmentation("strong")(images, range(30), 1)
    assert found.shape == images.shape
    assert np.isfinite(found).all()


def test_no_pictures_are_no_views():
    none = np.zeros((0, 8, 8, 3), "float32")
    assert Augmentation("strong")(none, [], 1).shape == (0, 8, 8, 3)


def test_none_never_flips(photographs):
    assert not Augmentation("none", flip=True).flip
    found = Augmentation("none", flip=True)(photographs, range(40), 3)
    np.testing.assert_array_equal(found, photographs)


def test_as_plain_data_it_holds_all_that_changes_a_view():
    plain = Augmentation("medium", flip=False, seed=3).to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert (plain["strength"], plain["flip"], plain["seed"]) == ("medium", False, 3)
    assert plain["magnitudes"]["rotation"] == AUGMENTATIONS["medium"].rotation
    others = [
        Augmentation("medium"),
        Augmentation("light", False, 3),
        Augmentation("medium", False),
    ]
    assert plain not in [other.to_dict() for other in others]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("lihgt",), r"`strength` must be one of .* Did you mean 'light'"),
        (("light", True, -1), "`seed` must be an integer >= 0"),
    ],
)
def test_arguments_that_cannot_be_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Augmentation(*arguments)


def test_a_view_that_cannot_be_is_named(photographs):
    with pytest.raises(ValueError, match="`view` must be an integer >= 0"):
        Augmentation("light")(photographs, range(40), -1)
