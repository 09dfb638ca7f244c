"""The cache as a whole: what it computes, keeps, lets go, and the bad luck that it survives."""

import errno
import os
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.caching import feature_cache, filling, shards
from keras_tl.caching.cache_argument import as_training_cache
from keras_tl.caching.choice import Room
from keras_tl.caching.feature_cache import Place
from keras_tl.caching.feature_split import FeatureSplit
from keras_tl.caching.machine import Machine
from keras_tl.structure.frozen_prefix import prefix

NAMES = ["ant", "bee", "cat"]
IMAGES = 42
PROBE = ktl.Recipe("probe", (ktl.Phase("head", ktl.Plan.freeze_to(-1), 2),))
STARTS = [0, 8, 16, 24, 32, 40]


@pytest.fixture(autouse=True)
def _fast_disk(monkeypatch):
    """What pays must not depend on how busy the machine is."""
    monkeypatch.setattr(feature_cache, "measured", fast_disk)


def fast_disk(_):
    return Machine(1.0, 1e9, 1e9)


@pytest.fixture
def computed(monkeypatch):
    """The number of the first image of each batch that was computed."""
    found = []
    original = filling._store

    def count(arrays, ends, stores, start):
        found.append(start)
        return original(arrays, ends, stores, start)

    monkeypatch.setattr(filling, "_store", count)
    return found


@pytest.fixture
def small_shards(monkeypatch):
    """A shard a batch."""
    monkeypatch.setattr(shards, "SHARD_BYTES", 1)


@pytest.fixture
def read_only(monkeypatch):
    """Returns a function after which nothing can be written, as on a file system without write."""

    def fail(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def set_read_only():
        monkeypatch.setattr("keras_tl.caching.locks.FileLock.acquire", fail)
        monkeypatch.setattr("keras_tl.foundation.files.os.replace", fail)
        monkeypatch.setattr(Path, "write_bytes", fail)
        monkeypatch.setattr(Path, "write_text", fail)
        monkeypatch.setattr("keras_tl.caching.machine._disk_rates", fail)

    return set_read_only


def end(model):
    """The boundary before the head."""
    return ktl.chain(model)[-2].boundary


def opened(cache, model, split, storage="disk"):
    """The features before the head, which are computed if need be."""
    ((found,),) = cache.splits(model, [split], [Place(end(model), storage)])
    return found


def fill(cache, model, split, storage="disk"):
    """The same as an array, in order."""
    return opened(cache, model, split, storage).read(np.arange(split.size))


def expected(model, split):
    """Oracle: the prefix on whole batches, without a cache."""
    return prefix(model, [end(model)]).predict(split.images(), batch_size=8, verbose=0)


def damage(directory, number):
    (file,) = directory.glob(f"*/{number:05}-*.rows")
    content = bytearray(file.read_bytes())
    content[5] ^= 1
    file.write_bytes(content)
    return file


def trained(model, data, **options):
    start = model.get_weights()
    ktl.fine_tune(model, data, PROBE, **{"verbose": 0, **options})
    found = model.get_weights()
    model.set_weights(start)
    assert any((a != b).any() for a, b in zip(start, found, strict=True))
    return [weight.tobytes() for weight in found]


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_what_is_stored_is_what_was_computed_and_is_not_computed_again(
    make_model, data, computed, tmp_path, storage
):
    """Five batches of 8 and one of 2."""
    model, cache = make_model(), ktl.FeatureCache(tmp_path)
    assert data.train.size == IMAGES
    for _ in range(2):
        found = fill(cache, model, data.train, storage)
        np.testing.assert_array_equal(found, expected(model, data.train))
        assert computed == STARTS
    np.testing.assert_array_equal(found[:2], fill(cache, make_model(), data.train, storage)[:2])
    assert computed == STARTS


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_what_is_stored_already_pays_for_a_single_epoch(
    make_model, data, computed, tmp_path, capsys, storage
):
    """Computed for one epoch alone, features would save nothing."""
    once = ktl.Recipe("once", (ktl.Phase("head", ktl.Plan.freeze_to(-1), 1),))
    model = make_model()
    start = model.get_weights()
    cache = ktl.FeatureCache(tmp_path, memory=10**6 if storage == "memory" else 0)
    ktl.fine_tune(model, data, once, cache=cache)
    found = model.get_weights()
    assert "of the work of all phases" in " ".join(capsys.readouterr().out.split())
    model.set_weights(start)
    kept = [opened(cache, model, split, storage) for split in (data.train, data.validation)]
    del computed[:]
    ktl.fine_tune(model, data, once, cache=cache)
    assert "features in front of head" in " ".join(capsys.readouterr().out.split())
    assert not computed
    assert [kept_one.size for kept_one in kept] == [data.train.size, data.validation.size]
    for one, other in zip(found, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_memory_is_shared_by_calls_and_not_by_caches(make_model, data, computed):
    model, cache = make_model(), ktl.FeatureCache()
    batches = len(data.train) + len(data.validation)
    for _ in range(2):
        for split in (data.train, data.validation):
            fill(cache, model, split, "memory")
        assert len(computed) == batches
    fill(ktl.FeatureCache(), model, data.train, "memory")
    assert len(computed) == batches + len(data.train)


def test_batches_are_those_of_the_split_with_features_for_images(make_model, data):
    model, cache = make_model(), ktl.FeatureCache()
    found = opened(cache, model, data.train, "memory")
    assert isinstance(found, FeatureSplit)
    for _ in range(2):
        for i in range(len(data.train)):
            (features, labels), (images, other) = found[i], data.train[i]
            np.testing.assert_array_equal(labels, other)
            np.testing.assert_allclose(
                features, prefix(model, [end(model)])(images, training=False), atol=1e-5
            )
        found.on_epoch_end()
        data.train.on_epoch_end()
    assert len(found[len(found) - 1][1]) == IMAGES % 8


def test_what_is_not_kept_is_let_go(make_model, data, computed):
    model, cache = make_model(), ktl.FeatureCache(memory=10**6)
    size = IMAGES * cache.bytes_per_image(end(model))
    first = opened(cache, model, data.train, "memory")
    second = opened(cache, model, data.validation, "memory")
    assert cache.room().memory == 10**6 - size - size * data.validation.size // IMAGES
    cache.keep([first])
    assert cache.room().memory == 10**6 - size
    computed.clear()
    fill(cache, model, data.train, "memory")
    assert computed == []
    cache.keep([second])
    assert cache.room().memory == 10**6
    fill(cache, model, data.train, "memory")
    assert computed == STARTS


def test_features_that_are_let_go_leave_memory(make_model, data):
    import weakref

    model, cache = make_model(), ktl.FeatureCache()
    found = opened(cache, model, data.train, "memory")
    rows = weakref.ref(found.features)
    cache.keep([])
    del found
    assert rows() is None


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_half_precision_halves_the_bytes_and_rounds(make_model, data, tmp_path, storage):
    model = make_model()
    whole = ktl.FeatureCache(tmp_path)
    half = ktl.FeatureCache(tmp_path, dtype="float16")
    assert 2 * half.bytes_per_image(end(model)) == whole.bytes_per_image(end(model))
    plain, rounded = (fill(cache, model, data.train, storage) for cache in (whole, half))
    assert rounded.dtype == "float16"
    np.testing.assert_array_equal(rounded, plain.astype("float16"))
    assert (rounded != plain).any()
    np.testing.assert_array_equal(fill(whole, model, data.train, storage), plain)


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_a_value_that_overflows_float16_says_what_to_do(make_model, data, tmp_path, storage):
    model = make_model()
    bias = [x for x in model.layers if isinstance(x, keras.layers.Conv2D)][-1].bias
    bias.assign(bias + 1e5)
    cache = ktl.FeatureCache(tmp_path, dtype="float16")
    with pytest.raises(ValueError, match=r"too large for float16: use `dtype='float32'`"):
        fill(cache, model, data.train, storage)


def test_dtypes_are_two():
    with pytest.raises(ValueError, match="Did you mean 'float16'"):
        ktl.FeatureCache(dtype="flaot16")


def test_only_a_damaged_shard_is_computed_again(make_model, data, computed, tmp_path, small_shards):
    model = make_model()
    first = fill(ktl.FeatureCache(tmp_path), model, data.train)
    file = damage(tmp_path, 2)
    os.truncate(next(tmp_path.glob("*/00005-*.rows")), 7)
    computed.clear()
    again = fill(ktl.FeatureCache(tmp_path), model, data.train)
    assert computed == [16, 40]
    np.testing.assert_array_equal(again, first)
    assert file.exists()


def test_a_run_on_a_damaged_cache_ends_in_the_same_weights(
    make_model, data, computed, tmp_path, small_shards
):
    model = make_model()
    first = trained(model, data, cache=ktl.FeatureCache(tmp_path))
    damage(next(tmp_path.glob("*/00005-*.rows")).parents[1], 5)
    computed.clear()
    assert trained(model, data, cache=ktl.FeatureCache(tmp_path)) == first
    assert computed == [40]


def test_nothing_can_be_stored_in_a_read_only_directory(make_model, data, tmp_path, read_only):
    read_only()
    with pytest.raises(OSError, match="Read-only"):
        fill(ktl.FeatureCache(tmp_path), make_model(), data.train)


@pytest.mark.parametrize("state", ["empty", "filled"])
def test_a_read_only_directory_costs_the_cache_not_the_run(
    make_model, data, computed, tmp_path, read_only, capsys, state
):
    model = make_model()
    expected = trained(model, data, cache=state == "filled" and ktl.FeatureCache(tmp_path))
    assert (computed != []) == (state == "filled")
    read_only()
    assert trained(model, data, cache=ktl.FeatureCache(tmp_path), verbose=1) == expected
    assert "Cache: " in capsys.readouterr().out


@pytest.mark.parametrize("state", ["empty", "filled"])
def test_fit_survives_a_read_only_directory(make_model, data, computed, tmp_path, read_only, state):
    model = ktl.freeze(make_model(), -1)
    model.compile("sgd", "sparse_categorical_crossentropy")
    options = {"epochs": 2, "verbose": 0}
    if state == "filled":
        ktl.fit(model, data.train, cache=ktl.FeatureCache(tmp_path), **options)
        assert computed == STARTS
    read_only()
    history = ktl.fit(model, data.train, cache=ktl.FeatureCache(tmp_path), **options)
    assert len(history.history["loss"]) == 2


def test_another_model_takes_the_room_of_the_least_recently_used(
    make_model, data, computed, tmp_path
):
    one, other = make_model(), make_model(seed=1)
    size = IMAGES * ktl.FeatureCache().bytes_per_image(end(one))
    limited = size + size // 2
    fill(ktl.FeatureCache(tmp_path, disk=limited), one, data.train)
    fill(ktl.FeatureCache(tmp_path, disk=limited), other, data.train)
    store = ktl.FeatureCache(tmp_path, disk=limited).store
    assert size <= sum(entry.bytes for entry in store.entries()) <= limited
    computed.clear()
    fill(ktl.FeatureCache(tmp_path, disk=limited), other, data.train)
    assert computed == []
    fill(ktl.FeatureCache(tmp_path, disk=limited), one, data.train)
    assert computed == STARTS


def test_what_somebody_reads_is_not_removed_for_another(make_model, data, tmp_path):
    one, other = make_model(), make_model(seed=1)
    size = IMAGES * ktl.FeatureCache().bytes_per_image(end(one))
    cache = ktl.FeatureCache(tmp_path, disk=size + size // 2)
    reader = opened(cache, one, data.train)
    assert cache.room().disk < size
    with pytest.raises(OSError, match=r"no room for .* of features"):
        fill(cache, other, data.train)
    np.testing.assert_array_equal(reader.read(np.arange(IMAGES)), expected(one, data.train))


@pytest.mark.parametrize("storage", ["memory", "disk"])
def test_an_empty_split(make_model, data, computed, tmp_path, storage):
    model, empty = make_model(), data.test.in_order()
    empty.numbers, empty.labels = np.arange(0), np.arange(0)
    cache = ktl.FeatureCache(tmp_path)
    found = opened(cache, model, empty, storage)
    assert len(found) == found.size == 0
    assert found.read(np.arange(0)).shape == (0, *end(model).shapes[0])
    assert computed == []


def test_data_that_change_between_runs_are_computed_anew(make_model, arrays, computed, tmp_path):
    images, labels = arrays

    def load():
        options = {"image_size": 16, "class_names": NAMES, "batch_size": 8}
        return ktl.load_data((images, labels), **options)

    model = make_model()
    before = fill(ktl.FeatureCache(tmp_path), model, load().train)
    computed.clear()
    images = images.copy()
    images[load().train.numbers[3], 8, 8, 0] ^= 255
    after = fill(ktl.FeatureCache(tmp_path), model, load().train)
    assert computed == STARTS
    assert [i for i in range(IMAGES) if (before[i] != after[i]).any()] == [3]


def test_features_are_kept_in_files_where_there_is_a_directory(make_model, tmp_path):
    boundary = end(make_model())
    assert ktl.FeatureCache().place(boundary) == Place(boundary, "memory")
    for memory in (None, 0, 10**9):
        cache = ktl.FeatureCache(tmp_path, memory=memory)
        assert cache.place(boundary) == Place(boundary, "disk")


def test_room_in_memory_is_a_quarter_of_what_is_free(monkeypatch, tmp_path):
    class Free:
        available = 4_000_000

    monkeypatch.setattr("psutil.virtual_memory", lambda: Free)
    assert ktl.FeatureCache().room() == Room(1_000_000, 0)
    assert ktl.FeatureCache(memory=7).room() == Room(7, 0)
    assert ktl.FeatureCache(tmp_path, disk=9).room() == Room(0, 9)
    assert ktl.FeatureCache(tmp_path, memory=7, disk=9).room() == Room(7, 9)
    assert as_training_cache("auto", tmp_path).room().memory == 1_000_000


# What other processes run: `python -c ... NAME ARGUMENTS`.
