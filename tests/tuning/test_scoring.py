import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.caching import filling
from keras_tl.caching.feature_cache import FeatureCache, Place
from keras_tl.tuning import scoring
from keras_tl.tuning.scoring import score_file


@pytest.fixture
def runs(monkeypatch):
    """The number of layers of each model that was run to score."""
    found = []
    original = scoring.predict_split

    def count(model, split, **options):
        found.append(len(model.layers))
        return original(model, split, **options)

    monkeypatch.setattr(scoring, "predict_split", count)
    return found


@pytest.fixture
def cache(model, data, tmp_path):
    """Features in front of the head and of the last stage, for validation."""
    cache = FeatureCache(tmp_path / "cache")
    places = [Place(ktl.chain(model)[i].boundary, "disk") for i in (-3, -2)]
    cache.splits(model, [data.validation], places)
    return cache


def test_features_give_the_score_of_the_whole_model(model, data, cache, runs, tmp_path):
    model.save(tmp_path / "model.keras")
    expected = ktl.evaluate(model, data.validation)
    found = score_file(tmp_path / "model.keras", data.validation, cache)
    assert found.to_dict() == expected.to_dict()
    assert runs[0] < 6 < len(model.layers)


def test_features_of_other_weights_are_not_used(model, data, cache, runs, tmp_path):
    """The last stage has moved: only what lies before it may come from the cache."""
    last = next(layer for layer in ktl.chain(model)[-2].layers if layer.get_weights())
    last.set_weights([w + 0.1 for w in last.get_weights()])
    model.save(tmp_path / "model.keras")
    found = score_file(tmp_path / "model.keras", data.validation, cache)
    assert found.to_dict() == ktl.evaluate(model, data.validation).to_dict()
    assert 6 < runs[0] < len(model.layers)


def test_a_model_that_moved_altogether_is_run_whole(
    model, data, cache, runs, tmp_path, monkeypatch
):
    first = next(layer for layer in model.layers if layer.get_weights())
    first.set_weights([w + 0.1 for w in first.get_weights()])
    model.save(tmp_path / "model.keras")
    monkeypatch.setattr(filling, "_store", None)
    found = score_file(tmp_path / "model.keras", data.validation, cache)
    assert runs == [len(model.layers)]
    assert found.to_dict() == ktl.evaluate(model, data.validation).to_dict()


def test_without_a_cache(model, data, tmp_path):
    model.save(tmp_path / "model.keras")
    found = score_file(tmp_path / "model.keras", data.validation)
    expected = ktl.evaluate(model, data.validation)
    np.testing.assert_array_equal(found.confusion, expected.confusion)


def test_rounded_features_give_no_score(model, data, runs, tmp_path):
    rounded = FeatureCache(tmp_path / "rounded", dtype="float16")
    rounded.splits(model, [data.validation], [Place(ktl.chain(model)[-2].boundary, "disk")])
    model.save(tmp_path / "model.keras")
    found = score_file(tmp_path / "model.keras", data.validation, rounded)
    assert runs == [len(model.layers)]
    assert found.to_dict() == ktl.evaluate(model, data.validation).to_dict()
