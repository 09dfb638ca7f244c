"""An argument `cache` means the same wherever there is one."""

import inspect
from pathlib import Path

import keras
import pytest

import keras_tl as ktl
from keras_tl.caching import feature_cache
from keras_tl.caching.cache_argument import as_cache, as_training_cache
from keras_tl.caching.machine import Machine
from keras_tl.caching.store import FeatureStore
from keras_tl.evaluation.analysing.label_errors import find_label_errors

PROBE = ktl.recipe("linear-probe", epochs=9)


@pytest.fixture(autouse=True)
def _fast_disk(monkeypatch):
    """What pays must not depend on how busy the machine is."""
    monkeypatch.setattr(feature_cache, "measured", lambda _: Machine(1.0, 1e9, 1e9))


@pytest.fixture
def model(make_model):
    return make_model(["ant", "bee", "cat"])


def backbone(model):
    return ktl.chain(model).split(-1)[0]


def compiled(model):
    frozen = ktl.freeze(model, -1)
    frozen.compile("sgd", "sparse_categorical_crossentropy")
    return frozen


def search(model, data, cache):
    options = {"max_trials": 1, "oracle": "random", "epochs": 1, "verbose": 0}
    return ktl.search(data, backbones=backbone(model), cache=cache, **options)


def report(model, data, cache):
    directory = Path(cache).with_name("run")
    ktl.fine_tune(model, data, PROBE, run_dir=directory, cache=False, verbose=0)
    return ktl.report(directory, data=data, baselines="none", cache=cache, verbose=0)


# By name, with a call that takes a cache.
FUNCTIONS = {
    "features": lambda model, data, cache: ktl.features(model, data.train, cache=cache),
    "find_label_errors": lambda model, data, cache: find_label_errors(model, data, cache=cache),
    "fine_tune": lambda model, data, cache: ktl.fine_tune(
        model, data, PROBE, cache=cache, verbose=0
    ),
    "fit": lambda model, data, cache: ktl.fit(
        compiled(model), data.train, epochs=9, cache=cache, verbose=0
    ),
    "rank_backbones": lambda model, data, cache: ktl.rank_backbones(
        data, backbone(model), cache=cache, verbose=0
    ),
    "recommend": lambda model, data, cache: ktl.recommend(
        data, backbone(model), boundaries="last", cache=cache, verbose=0
    ),
    "report": report,
    "search": search,
}


def test_every_function_on_the_face_that_takes_a_cache_is_asked():
    face = {name: getattr(ktl, name) for name in ktl.__all__}
    taking = {
        name
        for name, function in face.items()
        if inspect.isfunction(function) and "cache" in inspect.signature(function).parameters
    }
    assert taking == FUNCTIONS.keys() - {"find_label_errors"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_path_of_a_directory_is_text_as_well(name, model, data, tmp_path):
    cache = str(tmp_path / "features")
    FUNCTIONS[name](model, data, cache)
    assert FeatureStore(cache).entries()


def test_a_cache_is_itself_and_a_directory_is_that_of_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = ktl.FeatureCache(tmp_path / "own")
    assert as_cache(own) is own
    assert as_cache(None).store is None
    for asked in ("shared", Path("shared"), tmp_path / "shared"):
        assert as_cache(asked).store.directory == tmp_path / "shared"
    assert not list(tmp_path.iterdir())


def test_training_knows_where_features_may_lie_and_can_do_without(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = ktl.FeatureCache(tmp_path / "own")
    assert as_training_cache(own, tmp_path) is own
    assert as_training_cache(False, tmp_path) is None
    for asked in (True, "auto"):
        assert as_training_cache(asked, tmp_path).store.directory == tmp_path
        assert as_training_cache(asked, None).store is None
    for asked in ("shared", Path("shared"), tmp_path / "shared"):
        directory = as_training_cache(asked, tmp_path / "run").store.directory
        assert directory == tmp_path / "shared"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [True, 5, keras.Sequential()], ids=repr)
def test_nothing_else_is_a_cache(wrong):
    message = "`cache` must be a directory, a `FeatureCache` or None. Received: cache="
    with pytest.raises(ValueError, match=message):
        as_cache(wrong)
