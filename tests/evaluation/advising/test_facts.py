import numpy as np
import pytest
from scipy import stats

from keras_tl.evaluation.advising.facts import data_facts


def test_facts_of_data_are_counted(make_coloured):
    data = make_coloured(60)
    facts = data_facts(data, 300)
    assert facts.counts == tuple(np.bincount(data.train.labels))
    assert facts.train_images == data.train.size
    assert (facts.validation_images, facts.test_images) == (data.validation.size, data.test.size)
    assert (facts.side, facts.picture_side, facts.batch_size) == (16, 300, 32)


def test_the_interval_of_the_test_split_is_that_of_the_binomial(make_facts):
    """Oracle: Clopper and Pearson's ends are quantiles of beta distributions."""
    facts = make_facts(probe=0.9, test_images=50)
    low, high = stats.beta.ppf(0.025, 45, 6), stats.beta.ppf(0.975, 46, 5)
    assert facts.test_reach == pytest.approx((high - low) / 2)
    enough = make_facts(probe=0.9, test_images=facts.enough_test_images)
    assert enough.test_reach == pytest.approx(0.02, abs=0.001)


@pytest.mark.parametrize(
    ("counts", "epochs"), [((320, 320), 25), ((5, 5), 60), ((10_000, 10_000), 1), ((400, 410), 20)]
)
def test_epochs_come_to_five_hundred_batches(counts, epochs, make_facts):
    assert make_facts(counts=counts, batch_size=32).epochs == epochs


def test_the_margin_is_the_standard_error_of_a_share(make_facts):
    facts = make_facts(score=0.8, scored_images=100, random_score=0.1, pixel_score=0.1)
    assert facts.margin == pytest.approx(0.04)
    assert not facts.is_far
    assert make_facts(score=0.8, scored_images=100, random_score=0.77).is_far
    assert make_facts(score=0.8, scored_images=100, pixel_score=0.77).is_far
    assert not make_facts(score=0.8, scored_images=100, random_score=0.75).is_far
    assert make_facts(by="logme", score=0.8, random_score=0.79).margin == 0.0
