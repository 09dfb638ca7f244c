import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.structure import graph
from keras_tl.structure.chain import end_of

GRANULARITIES = ("stage", "block")


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_split_and_join_are_an_identity(tiny, pictures, granularity):
    images, _ = pictures
    chain = ktl.chain(tiny, granularity)
    expected = tiny(images, training=False)
    for k in range(1, len(chain)):
        prefix, suffix = chain.split(k)
        joined = suffix(prefix(images, training=False), training=False)
        np.testing.assert_array_equal(joined, expected)


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_every_weight_is_in_one_stage(tiny, granularity):
    stages = ktl.chain(tiny, granularity)
    found = [id(w) for stage in stages for layer in stage.layers for w in layer.weights]
    assert sorted(found) == sorted(id(weight) for weight in tiny.weights)
    assert sum(stage.parameters for stage in stages) == tiny.count_params()


def test_chain_survives_saving(tiny, tmp_path):
    tiny.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    for granularity in GRANULARITIES:
        assert ktl.chain(loaded, granularity) == ktl.chain(tiny, granularity)


def test_chain_does_not_depend_on_automatic_names(make_tiny):
    first, second = make_tiny("raw_operations"), make_tiny("raw_operations")
    assert [x.name for x in first.layers] != [x.name for x in second.layers]
    assert ktl.chain(first) == ktl.chain(second)


def test_different_models_have_different_chains(make_tiny):
    assert ktl.chain(make_tiny("plain")) != ktl.chain(make_tiny("residual"))


def test_splits_are_built_once(make_tiny):
    model = make_tiny("residual")
    layer = model.layers[2]
    ktl.chain(model).split(1)
    nodes = len(layer._inbound_nodes)
    assert ktl.chain(model).split(1) is ktl.chain(model).split(1)
    assert len(layer._inbound_nodes) == nodes


def test_names_are_positions(make_tiny):
    model = make_tiny("residual")
    assert ktl.chain(model).names == ["stage1", "stage2", "head"]
    assert ktl.chain(model, "block").names == [
        "stage1.block1",
        "stage1.block2",
        "stage1.block3",
        "stage2.block1",
        "stage2.block2",
        "head",
    ]


@pytest.mark.parametrize(
    ("depth", "expected"),
    [(0, 0), (2, 2), (-1, 2), (3, 3), (-3, 0), (0.5, 1), (1.0, 2), ("stage2", 1), ("head", 2)],
)
def test_depth_is_number_fraction_or_name(make_tiny, depth, expected):
    assert ktl.chain(make_tiny("residual")).index(depth) == expected


@pytest.mark.parametrize("depth", [4, -4, 1.5, "stage7"])
def test_depth_that_is_not_there_is_named(make_tiny, depth):
    with pytest.raises(ValueError, match="stage1, stage2, head"):
        ktl.chain(make_tiny("residual")).index(depth)


def test_misspelt_stage_gets_a_suggestion(make_tiny):
    with pytest.raises(ValueError, match="Did you mean 'stage2'"):
        ktl.chain(make_tiny("residual")).index("stge2")


@pytest.mark.parametrize("k", [0, 3])
def test_empty_side_of_a_split_is_refused(make_tiny, k):
    with pytest.raises(ValueError, match="at least one stage"):
        ktl.chain(make_tiny("residual")).split(k)


def test_stages_and_blocks_have_an_end_by_name(tiny):
    for granularity in ("stage", "block"):
        for piece in ktl.chain(tiny, granularity):
            assert end_of(tiny, piece.name) == piece.boundary


@pytest.mark.parametrize("name", ["stage9", "stage1.block9"])
def test_an_end_that_is_not_there_is_named(make_tiny, name):
    with pytest.raises(ValueError, match=r"`boundary` must be one of 'stage1"):
        end_of(make_tiny("residual"), name)


def test_head_can_be_named(make_tiny):
    model = make_tiny("plain")
    last = model.layers[-1].name
    assert [layer.name for layer in ktl.chain(model, head=last)[-1].layers] == [last]
    with pytest.raises(ValueError, match="`head` must be the name of a layer"):
        ktl.chain(model, head="none")


def test_cuts_can_be_named(make_tiny, pictures):
    images, _ = pictures
    model = make_tiny("residual")
    names = [block.layers[-1].name for block in ktl.chain(model, "block")[1:4:2]]
    chain = ktl.chain(model, names)
    assert chain.names == ["stage1", "stage2", "stage3", "head"]
    assert [stage.layers[-1].name for stage in chain[:2]] == names
    prefix, suffix = chain.split(2)
    np.testing.assert_array_equal(suffix(prefix(images)), model(images))
    inside = ktl.chain(model, "block")[1].layers[0].name
    with pytest.raises(ValueError, match="one tensor separates input from output"):
        ktl.chain(model, [inside])


def test_nested_models_are_looked_through(make_tiny):
    nested, flat = ktl.chain(make_tiny("nested")), ktl.chain(make_tiny("residual"))
    assert nested.names == flat.names
    assert [s.parameters for s in nested] == [s.parameters for s in flat]


def test_open_image_size_is_read_as_256():
    model = keras.applications.MobileNet(include_top=False, weights=None, alpha=0.25)
    heights = [stage.boundary.height for stage in ktl.chain(model)]
    assert heights == [128, 64, 32, 16, 8]


def test_repeated_builds_in_one_process_agree():
    def build():
        return keras.applications.MobileNetV3Small(
            include_top=False, weights=None, input_shape=(64, 64, 3)
        )

    assert ktl.chain(build(), "block") == ktl.chain(build(), "block")


def test_table_has_a_row_a_stage(make_tiny):
    table = ktl.chain(make_tiny("residual")).table()
    assert [line.split()[0] for line in table.splitlines()[2:]] == ["stage1", "stage2", "head"]
    assert "100.0%" not in table


def test_multiply_adds_are_those_of_the_paper():
    """Sandler et al., 2018, arXiv:1801.04381, table 4: MobileNetV2 has 300 million."""
    model = keras.applications.MobileNetV2(weights=None)
    total = sum(stage.multiply_adds for stage in ktl.chain(model))
    assert total == pytest.approx(300e6, rel=0.01)


def test_chain_reads_the_same_model_without_growing_it(make_tiny):
    model = make_tiny("nested")
    ktl.chain(model)
    leaf = next(graph.leaf_layers(model))
    nodes = len(leaf._inbound_nodes)
    for granularity in GRANULARITIES:
        ktl.chain(model, granularity)
    assert len(leaf._inbound_nodes) == nodes
