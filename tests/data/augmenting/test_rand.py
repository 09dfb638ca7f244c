import numpy as np
import pytest
from PIL import Image, ImageOps

from keras_tl.data.augmenting.rand import _STREAM, OPERATIONS, Operation, RandAugmentation

PAPER = (
    "identity, auto-contrast, equalize, rotate, solarize, color, posterize, contrast, brightness, "
    "sharpness, shear-x, shear-y, translate-x, translate-y"
)


@pytest.fixture
def image():
    """A picture of whole levels, higher than wide."""
    coarse = np.random.default_rng(0).integers(0, 256, (5, 4, 3), dtype="uint8")
    return np.asarray(Image.fromarray(coarse).resize((24, 30)), "float32")


@pytest.fixture
def only(monkeypatch):
    """Makes an augmentation whose every operation is one of the table."""

    def make(name, flip=False):
        for other in OPERATIONS:
            monkeypatch.setitem(OPERATIONS, other, OPERATIONS[name])
        return RandAugmentation(flip)

    return make


def amounts(number, view=1, seed=0):
    """The mirror and the two amounts of a picture, each from -1 to 1."""
    return np.random.default_rng((seed, view, number, _STREAM)).uniform(-1, 1, 3)


def test_the_operations_are_those_of_the_paper():
    assert ", ".join(OPERATIONS) == PAPER


def test_a_picture_goes_through_two_different_operations_drawn_evenly(image, monkeypatch):
    seen = []
    for name in OPERATIONS:
        monkeypatch.setitem(
            OPERATIONS, name, Operation(lambda p, value, name=name: seen.append(name) or p, 0)
        )
    RandAugmentation()(np.repeat(image[None], 700, axis=0), range(700), 1)
    counts = [seen.count(name) for name in OPERATIONS]
    assert sum(counts) == 1400
    assert all(first != second for first, second in zip(seen[::2], seen[1::2], strict=True))
    assert min(counts) > 61  # within four standard deviations of 100
    assert max(counts) < 139


def test_no_picture_is_turned_by_more_than_30_degrees(monkeypatch, image):
    turned = []
    for name in OPERATIONS:
        row = Operation(lambda p, degrees: turned.append(degrees) or p, OPERATIONS["rotate"].most)
        monkeypatch.setitem(OPERATIONS, name, row)
    RandAugmentation()(np.repeat(image[None], 200, axis=0), range(200), 1)
    assert 28 < max(turned) <= 30
    assert -30 <= min(turned) < -28


def test_turning_is_scipys(only, image):
    """The oracle is `scipy.ndimage.rotate`, linear, far from the border."""
    from scipy import ndimage

    square = image[:24]
    for number in range(4):
        found = only("rotate")(square[None], [number], 1)[0]
        once = ndimage.rotate(square, 30 * amounts(number)[1], reshape=False, order=1)
        twice = ndimage.rotate(np.rint(once), 30 * amounts(number)[2], reshape=False, order=1)
        np.testing.assert_allclose(found[8:16, 8:16], twice[8:16, 8:16], atol=2)


def test_shifts_uncover_the_mean_colour(only, image):
    down = OPERATIONS["translate-y"].change(Image.fromarray(image.astype("uint8")), 1 / 3)
    np.testing.assert_array_equal(np.asarray(down)[:20], image[10:])
    mean = np.rint(image.mean(axis=(0, 1)))
    np.testing.assert_allclose(np.asarray(down)[20:], np.broadcast_to(mean, (10, 24, 3)), atol=1)


def test_shears_leave_the_middle_and_move_the_edges(image):
    picture = Image.fromarray(image.astype("uint8"))
    for name, axis in (("shear-x", 0), ("shear-y", 1)):
        found = np.asarray(OPERATIONS[name].change(picture, 0.3), "float32")
        moved = np.abs(found - image).mean(axis=(1 - axis, 2))
        middle = len(moved) // 2
        assert moved[middle - 1 : middle + 1].max() < 4
        assert moved[[0, -1]].min() > 8


def test_levels_are_pillows(only, image):
    """The oracle is Pillow called by hand with the amounts drawn."""
    picture = Image.fromarray(image.astype("uint8"))
    for number in range(4):
        first, second = amounts(number)[1:]
        expected = ImageOps.solarize(picture, 256 - round(256 * abs(first)))
        expected = ImageOps.solarize(expected, 256 - round(256 * abs(second)))
        found = only("solarize")(image[None], [number], 1)[0]
        np.testing.assert_array_equal(found, np.asarray(expected))


def test_at_least_four_bits_are_left(image):
    picture = Image.fromarray(image.astype("uint8"))
    found = np.asarray(OPERATIONS["posterize"].change(picture, -OPERATIONS["posterize"].most))
    np.testing.assert_array_equal(found, image.astype("uint8") & 0b11110000)


@pytest.mark.parametrize("name", ["color", "contrast", "brightness", "sharpness"])
def test_an_enhancement_by_nothing_changes_nothing(name, image):
    picture = Image.fromarray(image.astype("uint8"))
    np.testing.assert_array_equal(OPERATIONS[name].change(picture, 0), image)
    assert (np.asarray(OPERATIONS[name].change(picture, -0.9)) != image).mean() > 0.5


def test_half_of_the_pictures_are_mirrored(only, image):
    images = np.repeat(image[None], 400, axis=0)
    is_mirrored = [
        np.array_equal(found, image[:, ::-1])
        for found in only("identity", True)(images, range(400), 1)
    ]
    assert 160 < sum(is_mirrored) < 240  # within four standard deviations of 200
    np.testing.assert_array_equal(only("identity", False)(images, range(400), 1), images)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 3)])
def test_extreme_shapes_are_augmented(shape):
    images = np.full((60, *shape, 3), 100, "float32")
    assert RandAugmentation()(images, range(60), 1).shape == images.shape


def test_a_changed_table_changes_the_plain_data(monkeypatch):
    before = RandAugmentation().to_dict()
    monkeypatch.setitem(OPERATIONS, "rotate", OPERATIONS["rotate"]._replace(most=10))
    assert RandAugmentation().to_dict() != before
    assert RandAugmentation(flip=False).to_dict() != RandAugmentation().to_dict()


def test_a_seed_that_cannot_be_is_named():
    with pytest.raises(ValueError, match="`seed` must be an integer >= 0"):
        RandAugmentation(seed=-1)
