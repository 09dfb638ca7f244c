import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

import keras_tl as ktl
from keras_tl.data.balance import effective_number, inverse_frequency, priors

LABELS = np.repeat([0, 1, 2], [12, 5, 1])
COUNTS = np.array([12, 5, 1])


def test_inverse_frequency_is_balanced_of_scikit_learn():
    expected = compute_class_weight("balanced", classes=np.arange(3), y=LABELS)
    np.testing.assert_allclose(inverse_frequency(COUNTS), expected)


def test_a_class_without_images_weighs_nothing():
    for weigh in (inverse_frequency, effective_number):
        weights = weigh(np.array([4, 0, 2]))
        assert weights[1] == 0
        np.testing.assert_allclose(weights[[0, 2]], weigh(np.array([4, 2])))


def test_effective_number_is_the_closed_form_of_its_paper():
    counts = np.array([5000, 500, 50])
    found = effective_number(counts, beta=0.9999)
    np.testing.assert_allclose(found, [0.0341, 0.2752, 2.6907], atol=5e-5)


def test_effective_number_goes_from_equal_to_inverse_weights():
    counts = np.array([500, 50, 5])
    np.testing.assert_allclose(effective_number(counts, beta=0.0), 1)
    inverse = 3 / counts / np.sum(1 / counts)
    np.testing.assert_allclose(effective_number(counts, beta=1 - 1e-9), inverse, rtol=1e-5)


def test_priors_are_shares():
    np.testing.assert_allclose(priors(COUNTS, 18), COUNTS / 18)
    assert priors(np.array([3, 0]), 3)[1] == pytest.approx(1 / 3)


@pytest.fixture
def unbalanced():
    """16 by 16 pictures of 3 classes: 12, 5 and 1 for training."""
    images = np.random.default_rng(0).integers(0, 256, (18, 16, 16, 3)).astype("uint8")

    def load(**options):
        shares = {"validation": 0.0, "test": 0.0, "batch_size": 8}
        return ktl.load_data((images, LABELS), image_size=16, **shares, **options)

    return load


def epoch(split):
    batches = [split[i] for i in range(len(split))]
    split.on_epoch_end()
    return [np.concatenate(part) for part in zip(*batches, strict=True)]


def test_an_oversampled_epoch_shows_rare_images_more_often(unbalanced):
    train = unbalanced(balance="oversample").train
    images, labels = epoch(train)
    assert len(train) == 5
    assert np.bincount(labels).tolist() == [12, 12, 12]
    assert train.counts().tolist() == [12, 5, 1]
    assert len(np.unique(images[labels == 2], axis=0)) == 1
    _, again = epoch(train)
    assert (again != labels).any()


def test_each_time_an_image_comes_it_is_augmented_anew(unbalanced):
    train = unbalanced(balance="oversample", augment="light").train
    images, labels = epoch(train)
    assert len(np.unique(images[labels == 2], axis=0)) == 12


def test_views_are_cycled_through_within_an_epoch_too(unbalanced):
    train = unbalanced(balance="oversample", augment="light").train.with_views(3)
    images, labels = epoch(train)
    rare = images[labels == 2]
    assert len(np.unique(rare, axis=0)) == 3
    assert (rare == train.images()[-1]).all(axis=(1, 2, 3)).sum() == 4


def test_other_balances_leave_the_batches_alone(unbalanced):
    _, labels = epoch(unbalanced(balance="weights").train)
    assert np.bincount(labels).tolist() == [12, 5, 1]


def test_validation_is_never_oversampled():
    labels = np.repeat([0, 1], [40, 10])
    images = np.random.default_rng(0).integers(0, 256, (50, 16, 16, 3), "uint8")
    data = ktl.load_data((images, labels), image_size=16, balance="oversample")
    assert len(data.validation.order()) == data.validation.size
    assert data.balance == "oversample"


def test_an_unknown_balance_is_refused(unbalanced):
    with pytest.raises(
        ValueError, match=r"`balance` must be one of.*'weight'. Did you mean 'weights'"
    ):
        unbalanced(balance="weight")
