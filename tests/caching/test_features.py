import numpy as np
import pytest

import keras_tl as ktl


def test_features_are_what_comes_out_at_the_boundary(tiny, data):
    """Oracle: the first part of `Chain.split`, in inference mode, image by image in order."""
    chain = ktl.chain(tiny)
    for k in range(1, len(chain)):
        prefix, _ = chain.split(k)
        found, labels = ktl.features(tiny, data.train, k)
        expected = prefix.predict(data.train.images(), batch_size=8, verbose=0)
        pairs = zip(_as_list(found), _as_list(expected), strict=True)
        for one, other in pairs:
            np.testing.assert_allclose(one, other, atol=1e-5)
        np.testing.assert_array_equal(labels, data.train.labels)


def _as_list(found):
    return list(found) if isinstance(found, (list, tuple)) else [found]


def test_by_name_what_leaves_a_stage_or_a_block(tiny, data):
    """Oracle: what lies before that many stages."""
    for granularity in ("stage", "block"):
        chain = ktl.chain(tiny, granularity)
        k = len(chain) // 2
        found, _ = ktl.features(tiny, data.test, chain.names[k - 1])
        expected = chain.split(k)[0].predict(data.test.images(), batch_size=8, verbose=0)
        for one, other in zip(_as_list(found), _as_list(expected), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.parametrize("has_head", [True, False])
def test_the_last_stage_has_an_end_too(make_model, data, has_head):
    model = make_model() if has_head else ktl.chain(make_model()).split(-1)[0]
    found, _ = ktl.features(model, data.test, ktl.chain(model).names[-1])
    expected = model.predict(data.test.images(), batch_size=8, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_by_default_what_the_head_gets(make_model, data):
    found, _ = ktl.features(make_model(), data.test)
    assert found.shape == (data.test.size, ktl.chain(make_model())[-2].boundary.shapes[0][0])


def test_a_cache_is_read_the_second_time(make_model, data, tmp_path, monkeypatch):
    model = make_model()
    first, _ = ktl.features(model, data.train, cache=ktl.FeatureCache(tmp_path))
    monkeypatch.setattr("keras_tl.caching.filling.prefix", None)
    again, _ = ktl.features(model, data.train, cache=ktl.FeatureCache(tmp_path))
    np.testing.assert_array_equal(first, again)


def test_no_such_boundary(make_model, data):
    with pytest.raises(ValueError, match="`boundary` must be one of 'stage1'"):
        ktl.features(make_model(), data.train, "stage9")
