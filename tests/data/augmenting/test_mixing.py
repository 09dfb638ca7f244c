import numpy as np
import pytest
from scipy import stats

from keras_tl.data.augmenting.mixing import MIXINGS, Mixing, one_hot

LEVELS = np.arange(24, dtype="float32") * 10


@pytest.fixture
def batch():
    """Pictures of one level each, every one a class of its own."""
    images = np.broadcast_to(LEVELS[:, None, None, None], (24, 20, 14, 3)).copy()
    return images, np.eye(24, dtype="float32"), np.arange(100, 124)


@pytest.mark.parametrize("kind", MIXINGS)
def test_labels_are_shared_as_pixels_are(kind, batch):
    """The mean level of a picture is that of its classes, weighted by their shares."""
    images, labels = Mixing(kind, 1.0)(*batch, epoch=1)
    assert (images.dtype, labels.dtype) == (np.float32, np.float32)
    np.testing.assert_allclose(labels.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(images.mean(axis=(1, 2, 3)), labels @ LEVELS, atol=1e-3)
    assert (np.sort(labels, axis=1)[:, :-2] == 0).all()


def test_mixup_weighs_every_pixel_alike(batch):
    images, _ = Mixing("mixup", 1.0)(*batch, epoch=1)
    assert np.ptp(images, axis=(1, 2, 3)).max() < 1e-3


def test_cutmix_cuts_one_rectangle_and_counts_its_pixels(batch):
    images, labels = Mixing("cutmix")(*batch, epoch=1)
    for level, image, share in zip(LEVELS, images, labels.diagonal(), strict=True):
        cut = (image != level).all(axis=-1)
        np.testing.assert_array_equal(cut, (image != level).any(axis=-1))
        np.testing.assert_array_equal(cut, np.outer(cut.any(axis=1), cut.any(axis=0)))
        assert share == np.float32(1 - cut.sum() / cut.size)
        assert len(np.unique(image)) <= 2


@pytest.mark.parametrize("kind", MIXINGS)
def test_partners_are_a_ring(kind, batch):
    _, labels = Mixing(kind, 1.0)(*batch, epoch=3)
    others = labels.copy()
    np.fill_diagonal(others, 0)
    partner = others.argmax(axis=1)
    at, seen = 0, []
    for _ in range(24):
        seen.append(at)
        at = partner[at]
    assert sorted(seen) == list(range(24))
    assert at == 0


@pytest.mark.parametrize("kind", MIXINGS)
def test_the_numbers_decide_and_not_their_order(kind, batch):
    mixing = Mixing(kind, seed=2)
    images, labels = mixing(*batch, epoch=5)
    order = np.random.default_rng(0).permutation(24)
    again, shares = mixing(*(array[order] for array in batch), epoch=5)
    assert again.tobytes() == images[order].tobytes()
    np.testing.assert_array_equal(shares, labels[order])
    for other in (mixing(*batch, epoch=6), Mixing(kind, seed=3)(*batch, epoch=5),
                  mixing(*batch[:2], batch[2] + 1, epoch=5)):  # fmt: skip
        assert (other[1] != labels).any()


@pytest.mark.parametrize("alpha", [0.2, 1.0])
def test_the_shares_of_mixup_are_beta(alpha):
    """The oracle is SciPy's Beta distribution, by a Kolmogorov-Smirnov test."""
    labels = np.eye(1000, dtype="float32")
    _, mixed = Mixing("mixup", alpha)(np.zeros((1000, 1, 1, 3), "float32"), labels, range(1000), 0)
    assert stats.kstest(mixed.diagonal(), stats.beta(alpha, alpha).cdf).pvalue > 0.01


def test_the_mean_cut_is_that_of_the_paper():
    """In closed form: the mean of `(sqrt(u) - u / 4) ** 2` over even u, cut off at the border."""
    labels = np.eye(1200, dtype="float32")
    images = np.zeros((1200, 60, 60, 3), "float32")
    _, mixed = Mixing("cutmix")(images, labels, range(1200), 0)
    assert 1 - mixed.diagonal().mean() == pytest.approx(1 / 2 - 1 / 5 + 1 / 48, abs=0.035)


@pytest.mark.parametrize("kind", MIXINGS)
def test_a_picture_alone_stays_as_it_is(kind, batch):
    images, labels = Mixing(kind, 1.0)(*(array[3:4] for array in batch), epoch=1)
    np.testing.assert_allclose(images, batch[0][3:4], atol=1e-4)
    np.testing.assert_allclose(labels, batch[1][3:4], atol=1e-6)


@pytest.mark.parametrize("kind", MIXINGS)
def test_several_labels_stay_shares(kind, batch):
    several = np.random.default_rng(0).integers(0, 2, (24, 5)).astype("float32")
    _, labels = Mixing(kind, 1.0)(batch[0], several, batch[2], epoch=1)
    assert labels.min() >= 0
    assert labels.max() <= 1
    assert ((labels > 0) & (labels < 1)).any()
    always = np.ones_like(several)
    _, labels = Mixing(kind, 1.0)(batch[0], always, batch[2], epoch=1)
    np.testing.assert_allclose(labels, 1, atol=1e-6)


@pytest.mark.parametrize("kind", MIXINGS)
def test_the_batch_is_left_alone_and_levels_stay(kind):
    images = np.random.default_rng(0).choice([0, 255], (40, 9, 9, 3)).astype("float32")
    before = images.copy()
    found, _ = Mixing(kind)(images, np.eye(40), range(40), 0)
    np.testing.assert_array_equal(images, before)
    assert found.min() >= 0
    assert found.max() <= 255


@pytest.mark.parametrize("kind", MIXINGS)
def test_repeated_numbers_are_partners_of_others(kind, batch):
    """As oversampling brings them: the same picture twice in a batch."""
    _, labels = Mixing(kind, 1.0)(*batch[:2], np.repeat(batch[2][:12], 2), epoch=1)
    assert (labels.diagonal() < 1).all()


def test_no_pictures_are_no_batch(batch):
    images, labels = Mixing("mixup")(*(array[:0] for array in batch), epoch=0)
    assert (images.shape, labels.shape) == ((0, 20, 14, 3), (0, 24))


def test_alpha_is_the_papers_unless_it_is_said():
    assert (Mixing("mixup").alpha, Mixing("cutmix").alpha) == (0.2, 1.0)
    assert Mixing("mixup", 1) == Mixing("mixup", 1.0) != Mixing("mixup")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("mixpu",), "`kind` must be one of .* Did you mean 'mixup'"),
        (("mixup", 0), "`alpha` must be a number above 0. Received: alpha=0"),
        (("mixup", "1"), "`alpha` must be a number above 0"),
        (("mixup", float("nan")), "`alpha` must be a number above 0"),
        (("mixup", 0.2, -1), "`seed` must be an integer >= 0"),
    ],
)
def test_arguments_that_cannot_be_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        Mixing(*arguments)


def test_labels_become_shares():
    np.testing.assert_array_equal(one_hot(np.array([2, 0]), 3), [[0, 0, 1], [1, 0, 0]])
    several = np.array([[1, 1], [0, 1]], "float32")
    assert one_hot(several, 2) is several
