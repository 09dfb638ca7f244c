from dataclasses import replace

import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.evaluation.predict import predict_split
from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.training.run_directory import RunDirectory


@pytest.fixture
def subject(run):
    model = ktl.load_classifier(run.path)
    return Subject(RunDirectory(run.path), model, run.data, FeatureCache())


def test_the_head_on_features_says_what_the_whole_model_says(subject):
    expected = predict_split(subject.model, subject.data.validation)
    np.testing.assert_allclose(subject.validated.probabilities, expected, atol=1e-6)
    np.testing.assert_array_equal(subject.validated.labels, subject.data.validation.labels)


def test_without_a_split_there_is_nothing_to_look_at(subject):
    nothing = subject.data.validation.with_images_of(subject.data.validation, np.arange(0))
    bare = replace(subject, data=replace(subject.data, validation=nothing, test=nothing))
    assert bare.validated is None
    with pytest.raises(Unavailable, match="No test images"):
        _ = bare.scored


def test_how_the_run_began_is_known_if_it_can_be_built(subject, make_classifier):
    with pytest.raises(Unavailable, match="Pass `before=`"):
        _ = subject.untrained
    other = replace(subject, before=lambda data: make_classifier(data, seed=9))
    with pytest.raises(Unavailable, match="other weights than the classifier"):
        _ = other.untrained
    began = replace(subject, before=make_classifier).untrained
    assert not np.array_equal(began.get_weights()[0], subject.model.get_weights()[0])
