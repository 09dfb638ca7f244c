import dataclasses

import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.caching import feature_cache, filling
from keras_tl.training import training_run

NAMES = ["ant", "bee", "cat"]


def gradual(**options):
    return ktl.recipe("gradual-unfreezing", epochs=1, **options)


def train(model, data, recipe, **options):
    """Trains a model from its present weights and returns weights and history; puts them back."""
    start = model.get_weights()
    result = ktl.fine_tune(model, data, recipe, **{"verbose": 0, **options})
    trained = model.get_weights()
    model.set_weights(start)
    return trained, result


def require_equal(one, other):
    for a, b in zip(one[0], other[0], strict=True):
        np.testing.assert_array_equal(a, b)
    assert one[1].history == other[1].history
    assert [p.validation for p in one[1].phases] == [p.validation for p in other[1].phases]


def moved(model, trained):
    return sum((a != b).any() for a, b in zip(model.get_weights(), trained, strict=True))


@pytest.fixture
def passes(monkeypatch):
    """Counts the images that are computed for the cache: one entry a batch."""
    read = []
    original = filling._store

    def count(found, ends, stores, start):
        read.append((start, len(ends)))
        return original(found, ends, stores, start)

    monkeypatch.setattr(filling, "_store", count)
    return read


@pytest.fixture
def starts(monkeypatch):
    """Records where each phase began; None if it ran the whole model."""
    found = []
    original = training_run.PhaseFeatures.begin

    def record(self, number):
        start = original(self, number)
        found.append(start and start.boundary.shapes)
        return start

    monkeypatch.setattr(training_run.PhaseFeatures, "begin", record)
    return found


@pytest.mark.slow
def test_cached_equals_uncached_on_every_graph(tiny, data, starts):
    """Weights, history and validation metrics, bitwise; and weights moved."""
    model = ktl.build_classifier(tiny, NAMES, dropout=0.2)
    recipe = gradual(stages=1)
    cached = train(model, data, recipe, cache=True)
    assert starts[0] is not None
    require_equal(train(model, data, recipe, cache=False), cached)
    assert moved(model, cached[0])


def test_cached_equals_uncached(model, data, starts):
    """Weights, history and validation metrics, bitwise; and weights moved."""
    recipe = gradual(stages=1)
    cached = train(model, data, recipe, cache=True)
    assert starts[0] is not None
    require_equal(train(model, data, recipe, cache=False), cached)
    assert moved(model, cached[0])


@pytest.mark.slow
@pytest.mark.parametrize(
    "plan",
    [
        ktl.Plan.surgical("stage2", "head"),
        ktl.Plan.freeze_to(-2, batch_norm="train"),
        ktl.Plan.freeze_to("stage2", batch_norm="recalibrate"),
        ktl.Plan(
            (ktl.Selection("stage2", kinds=("norm",)), ktl.Selection(-1)), batch_norm="affine"
        ),
    ],
)
def test_cached_equals_uncached_whatever_the_plan(make_tiny, data, plan, starts):
    model = ktl.build_classifier(make_tiny("residual"), NAMES, dropout=0.2)
    recipe = ktl.Recipe("own", (ktl.Phase("phase", plan, 2, 0.01, "adamw", ema=0.9),))
    cached = train(model, data, recipe, cache=True)
    require_equal(train(model, data, recipe, cache=False), cached)
    assert moved(model, cached[0])
    assert starts[0] is not None


def test_several_boundaries_are_filled_in_one_pass(model, data, passes, starts):
    train(model, data, gradual(), cache=True)
    batches = len(data.train) + len(data.validation)
    assert len(passes) == batches
    assert {ends for _, ends in passes} == {2}
    assert len(set(starts)) == 3, starts


@pytest.mark.slow
def test_what_freezes_anew_is_computed_anew(model, data, passes):
    """The prefix of the last phase was trained by the one before."""
    everything, head = ktl.Plan(), ktl.Plan.freeze_to(-1)
    phases = [ktl.Phase(str(i), plan, 1) for i, plan in enumerate((head, everything, head))]
    recipe = ktl.Recipe("there and back", tuple(phases))
    cached = train(model, data, recipe, cache=True)
    assert len(passes) == 2 * (len(data.train) + len(data.validation))
    require_equal(train(model, data, recipe, cache=False), cached)


def test_auto_says_what_and_why(model, data, capsys):
    phase = ktl.Phase("head", ktl.Plan.freeze_to(-1), 4)
    train(model, data, ktl.Recipe("probe", (phase,)), verbose=1)
    assert "Cache: features in front of head" in capsys.readouterr().out
    train(model, data, ktl.recipe("full", epochs=1), verbose=1)
    assert "nothing before the first trained layer" in capsys.readouterr().out


def test_cache_false_stores_nothing(model, data, passes):
    phase = ktl.Phase("head", ktl.Plan.freeze_to(-1), 4)
    train(model, data, ktl.Recipe("probe", (phase,)), cache=False)
    assert not passes
    train(model, data, ktl.Recipe("probe", (phase,)))
    assert passes


def test_auto_does_not_store_what_one_epoch_reads_once(model, data, passes, capsys):
    phase = ktl.Phase("head", ktl.Plan.freeze_to(-1), 1)
    train(model, data, ktl.Recipe("probe", (phase,)), verbose=1)
    assert not passes
    assert "of the work of all phases" in capsys.readouterr().out


def test_without_room_the_whole_model_runs(model, data, passes, capsys):
    phase = ktl.Phase("head", ktl.Plan.freeze_to(-1), 4)
    cache = ktl.FeatureCache(memory=100)
    train(model, data, ktl.Recipe("probe", (phase,)), cache=cache, verbose=1)
    assert not passes
    assert "there is room for 100 B in memory and 0 B on disk" in capsys.readouterr().out


def test_a_filled_directory_is_read_by_the_next_run(model, data, passes, tmp_path):
    cache = tmp_path / "features"
    recipe = ktl.Recipe("probe", (ktl.Phase("head", ktl.Plan.freeze_to(-1), 4),))
    on_disk = ktl.FeatureCache(cache, memory=0)
    first = train(model, data, recipe, cache=on_disk)
    computed = len(passes)
    assert computed
    require_equal(first, train(model, data, recipe, cache=ktl.FeatureCache(cache, memory=0)))
    assert len(passes) == computed
    require_equal(first, train(model, data, recipe, cache=False))


@pytest.mark.slow
def test_a_run_removes_its_own_features_when_it_ends(model, data, tmp_path, passes):
    train(model, data, gradual(), cache=True, run_dir=tmp_path / "run")
    assert passes
    assert not (tmp_path / "run" / "cache").exists()


def test_augmentation_on_the_fly_is_never_stored(arrays, make_model, passes, capsys):
    data = ktl.load_data(arrays, image_size=16, augment="light")
    phase = ktl.Phase("head", ktl.Plan.freeze_to(-1), 3)
    train(make_model(list("012")), data, ktl.Recipe("probe", (phase,)), cache=True, verbose=1)
    assert not passes
    assert "`views=" in capsys.readouterr().out


def test_views_are_stored_and_cycled_through(arrays, make_model, passes):
    data = ktl.load_data(arrays, image_size=16, augment="medium", batch_size=8)
    model = make_model(list("012"))
    recipe = ktl.Recipe("probe", (ktl.Phase("head", ktl.Plan.freeze_to(-1), 5),))
    cached = train(model, data, recipe, cache=True, views=2)
    assert len(passes) == 2 * len(data.train) + len(data.validation)
    require_equal(train(model, data, recipe, cache=False, views=2), cached)
    plain = train(model, ktl.load_data(arrays, image_size=16, batch_size=8), recipe)
    assert any((a != b).any() for a, b in zip(plain[0], cached[0], strict=True))


@pytest.mark.slow
def test_a_full_disk_costs_the_cache_not_the_run(model, data, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("keras_tl.caching.shards.write_shard", full)
    recipe = ktl.Recipe("probe", (ktl.Phase("head", ktl.Plan.freeze_to(-1), 4),))
    cache = ktl.FeatureCache(tmp_path / "features", memory=0)
    found = train(model, data, recipe, cache=cache, verbose=1)
    assert "Features could not be stored" in capsys.readouterr().out
    require_equal(found, train(model, data, recipe, cache=False))


@pytest.mark.slow
def test_mixed_precision(make_tiny, data, starts):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = ktl.build_classifier(make_tiny("residual"), NAMES)
        cached = train(model, data, gradual(stages=1), cache=True)
        require_equal(train(model, data, gradual(stages=1), cache=False), cached)
    finally:
        keras.config.set_dtype_policy("float32")
    assert starts[0] is not None


@pytest.mark.slow
def test_a_solved_head_takes_its_features_from_the_cache(model, data, passes):
    recipe = ktl.recipe("feature-extraction")
    model = ktl.build_classifier(model, data, dropout=0.0)
    cached = train(model, data, recipe, cache=True)
    assert len(passes) == len(data.train) + len(data.validation)
    require_equal(train(model, data, recipe, cache=False), cached)


@pytest.mark.slow
def test_without_validation(make_tiny, data, starts):
    empty = dataclasses.replace(data, validation=data.test.in_order())
    empty.validation.numbers, empty.validation.labels = np.arange(0), np.arange(0)
    model = ktl.build_classifier(make_tiny("residual"), NAMES)
    cached = train(model, empty, gradual(stages=1), cache=True)
    require_equal(train(model, empty, gradual(stages=1), cache=False), cached)
    assert starts[0] is not None


@pytest.mark.slow
def test_half_precision_says_what_it_costs(model, data, capsys):
    recipe = ktl.Recipe("probe", (ktl.Phase("head", ktl.Plan.freeze_to(-1), 4),))
    cache = ktl.FeatureCache(dtype="float16")
    _, result = train(model, data, recipe, cache=cache, verbose=1)
    assert "float16 features" in capsys.readouterr().out
    assert feature_cache.DTYPES == ("float32", "float16")
    assert result.phases[0].validation


@pytest.mark.slow
@pytest.mark.parametrize("batch", [2, 5, 7])
def test_an_interrupted_cached_run_ends_in_the_same_weights(model, data, tmp_path, batch):
    class KilledError(BaseException):
        pass

    class KillAt(keras.callbacks.Callback):
        left = batch

        def on_train_batch_end(self, number, logs=None):
            self.left -= 1
            if self.left == 0:
                raise KilledError

    start = model.get_weights()
    straight = train(model, data, gradual(), cache=True, run_dir=tmp_path / "straight")
    with pytest.raises(KilledError):
        train(model, data, gradual(), cache=True, run_dir=tmp_path / "run", callbacks=[KillAt()])
    model.set_weights(start)
    again = train(model, data, gradual(), cache=True, run_dir=tmp_path / "run")
    require_equal(straight, again)
