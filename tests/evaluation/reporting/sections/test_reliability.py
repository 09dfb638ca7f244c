from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import softmax

from keras_tl.evaluation.calibrate import calibrate
from keras_tl.evaluation.reporting.sections import reliability as section
from keras_tl.evaluation.scored_split import ScoredSplit


@pytest.fixture
def reliability(monkeypatch):
    monkeypatch.setattr(section, "temperature", lambda model: 1.0)
    return section.reliability


def sharpened(labels, found, by):
    return ScoredSplit(range(len(labels)), labels, softmax(by * np.log(found), axis=1), list("abc"))


def test_too_sure_a_model_is_offered_the_temperature_that_undoes_it(
    make_subject, noisy, reliability
):
    labels, found = noisy
    true = make_subject(labels, found).scored
    sharp = sharpened(labels, found, 3.0)
    told = reliability(SimpleNamespace(scored=sharp, validated=sharp, model=None))
    calm = reliability(SimpleNamespace(scored=true, validated=true, model=None))
    best = 1.0 if calm.offer is None else calm.offer.temperature
    assert told.offer.temperature == pytest.approx(3 * best, rel=0.02)
    assert told.offer.ece < told.ece


def test_without_a_validation_split_or_mistakes_in_it_none_is_offered(
    make_subject, noisy, reliability
):
    subject = make_subject(*noisy, model=None)
    assert "no validation split" in reliability(subject).no_offer
    subject.validated = ScoredSplit(["#0"], np.array([0]), np.eye(3)[:1], list("abc"))
    assert "right on all validation images" in reliability(subject).no_offer


def test_the_offer_is_what_calibrate_finds(run):
    import keras_tl as ktl
    from keras_tl.caching.feature_cache import FeatureCache
    from keras_tl.evaluation.reporting.subject import Subject
    from keras_tl.training.run_directory import RunDirectory

    model = ktl.load_classifier(run.path)
    subject = Subject(RunDirectory(run.path), model, run.data, FeatureCache())
    offer, _ = section._offer(subject, np.inf, 1.0)
    assert offer.temperature == pytest.approx(calibrate(model, run.data).temperature, rel=1e-3)


def test_the_words_hold_every_bin(make_subject, noisy, reliability):
    told = reliability(make_subject(*noisy, model=None))
    filled = [one for one in told.bins if one.count]
    assert told.words.count("predictions") == len(filled)
    assert f"expected calibration error {told.ece:.3f}" in told.words
    assert told.reliability_figure().get_label() == told.words
