import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.evaluation.explaining.map_boundary import map_boundary, stage_of
from keras_tl.structure.boundaries import find
from keras_tl.structure.chain import chain


@pytest.fixture(scope="module")
def small():
    """At 32 pixels the last stage of MobileNetV2 is one place."""
    options = {"image_size": 32, "weights": None, "backbone_options": {"alpha": 0.35}}
    return ktl.build_classifier("MobileNetV2", ["a", "b"], **options)


def test_the_last_map_is_what_goes_into_the_pooling(tiny):
    flat = chain(tiny).model
    (pool,) = (c for c in flat.layers if isinstance(c, keras.layers.GlobalAveragePooling2D))
    found = map_boundary(tiny)
    assert found.tensors[-1].shape == pool.input.shape
    assert found.position == max(cut.position for cut in find(flat) if cut.height)


@pytest.mark.parametrize("pooling", ["avg", "max", "concat", "flatten"])
def test_every_pooling_of_ours_is_found(make_model, pooling):
    assert map_boundary(make_model(pooling=pooling)).shapes == ((3, 3, 8),)


def test_a_map_of_one_place_is_passed_over(small):
    assert map_boundary(small).shapes[0][:2] == (2, 2)
    assert stage_of(small, map_boundary(small)) == "stage4"
    with pytest.raises(ValueError, match=r"'stage5' of .* has none.*Give a larger image"):
        map_boundary(small, "stage5")


def test_stages_and_blocks_can_be_named(small):
    for granularity, names in (("stage", ["stage1", "stage4"]), ("block", ["stage3.block2"])):
        stages = chain(small, granularity)
        for name in names:
            found = map_boundary(small, name)
            assert found.position == stages[stages.names.index(name)].boundary.position
            assert stage_of(small, found) == name.split(".")[0]


def test_names_that_are_not_there_are_refused(small):
    with pytest.raises(ValueError, match=r"`boundary` must be one of 'stage1'.*Did you mean"):
        map_boundary(small, "stgae3")
    with pytest.raises(ValueError, match="Received: boundary='head'"):
        map_boundary(small, "head")


def test_of_a_pair_the_last_tensor_is_looked_at(make_tiny, images):
    model = make_tiny("two_tensor")
    pairs = [s for s in chain(model, "block") if len(s.boundary.tensors) == 2]
    assert pairs
    for stage in pairs:
        found = map_boundary(model, stage.name)
        assert found.tensors == stage.boundary.tensors
        maps = ktl.explain(model, images, boundary=stage.name).maps
        assert np.isfinite(maps).all()


def test_a_model_without_a_map_says_so(images):
    pictures = keras.Input((16, 16, 3))
    vector = keras.layers.Flatten()(keras.layers.Conv2D(4, 16)(pictures))
    model = keras.Model(pictures, keras.layers.Dense(2)(vector))
    with pytest.raises(ValueError, match=r"has none\. Received: boundary=None.*'occlusion'"):
        ktl.explain(model, images)
    assert ktl.explain(model, images, method="occlusion").boundary == ""
