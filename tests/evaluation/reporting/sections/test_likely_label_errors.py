import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.evaluation.reporting.sections import likely_label_errors as section
from keras_tl.evaluation.reporting.sections.likely_label_errors import (
    likely_label_errors,
    with_few_to_train,
)
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.training.run_directory import RunDirectory


@pytest.fixture(scope="module")
def planted():
    """Images of three plain colours; two of them have the label of another."""
    generator = np.random.default_rng(0)
    labels = np.arange(90) % 3
    images = generator.normal(100, 10, (90, 16, 16, 3))
    images[np.arange(90), :, :, labels] += 90
    labels[[10, 42]] = (labels[[10, 42]] + 1) % 3
    return ktl.load_data(
        (images.astype("uint8"), labels), image_size=16, class_names=["red", "green", "blue"]
    )


def test_planted_errors_are_found_in_every_split_and_shown(planted, run, tmp_path):
    subject = Subject(
        RunDirectory(tmp_path), ktl.load_classifier(run.path), planted, FeatureCache()
    )
    found = likely_label_errors(subject)
    assert {error.name for error in found.errors} == {"#10", "#42"}
    assert found.examined == found.labels == 90
    for suspect in found.suspects:
        error = suspect.error
        (image,) = planted.splits[error.split].read([error.row])
        assert error.suggested == ["red", "green", "blue"][image.mean(axis=(0, 1)).argmax()]
        assert f"labelled {error.given}, likely {error.suggested}" in suspect.picture.words
    assert not found.are_many
    assert found.passed_over == 0


def test_errors_among_those_drawn_have_their_row_in_the_whole_split(planted, run, monkeypatch):
    monkeypatch.setattr(section, "MOST_TRAINING", planted.train.size - 1)
    model = ktl.load_classifier(run.path)
    found = likely_label_errors(Subject(RunDirectory(run.path), model, planted, FeatureCache()))
    assert found.passed_over == 1
    assert found.examined == 89
    for error in found.errors:
        assert planted.splits[error.split].names()[error.row] == error.name


def test_of_many_training_images_some_are_drawn(planted):
    few = with_few_to_train(planted, most=20)
    assert few.train.size == 20
    assert (few.validation, few.test) == (planted.validation, planted.test)
    known = dict(zip(planted.train.names(), planted.train.labels, strict=True))
    assert {name: known[name] for name in few.train.names()} == dict(
        zip(few.train.names(), few.train.labels, strict=True)
    )
    assert with_few_to_train(planted, most=planted.train.size) is planted
