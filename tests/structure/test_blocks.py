import keras
import pytest

from keras_tl.structure.chain import chain

# Residual or dense units as the papers count them, with stem, transitions and last convolution.
BLOCKS = {
    "ConvNeXtTiny": 18 + 1 + 3,
    "DenseNet121": 58 + 1 + 3,
    "EfficientNetB0": 16 + 2,
    "EfficientNetV2B0": 21 + 2,
    "InceptionV3": 11 + 5,
    "MobileNet": 13 + 1,
    "MobileNetV2": 17 + 2,
    "MobileNetV3Small": 11 + 2,
    "ResNet50": 16 + 1,
    "ResNet50V2": 16 + 1,
    "VGG16": 13,
    "VGG19": 16,
    "Xception": 12 + 4,
}


def build(name, size=96):
    constructor = getattr(keras.applications, name)
    return constructor(include_top=False, weights=None, input_shape=(size, size, 3))


def layer_names(stage):
    return [layer.name for layer in stage.layers]


@pytest.mark.slow
@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_are_those_of_the_paper(name):
    assert len(chain(build(name), "block")) == BLOCKS[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["InceptionResNetV2", "NASNetMobile"])
def test_branching_networks_have_stages(name):
    assert len(chain(build(name))) in (4, 5)


def test_stages_are_resolution_levels():
    stages = chain(build("MobileNetV2", 64))
    assert [stage.boundary.height for stage in stages] == [32, 16, 8, 4, 2]
    assert layer_names(stages[3])[-1] == "block_12_add"


def test_residual_blocks_end_at_their_sum():
    names = [layer_names(stage)[-1] for stage in chain(build("MobileNetV2", 64), "block")]
    assert {f"block_{i}_add" for i in (2, 4, 5, 7, 8, 9, 11, 12, 14, 15)} <= set(names)


def test_inverted_bottlenecks_are_not_cut_where_they_are_wide():
    names = [layer_names(stage)[-1] for stage in chain(build("MobileNetV2", 64), "block")]
    wide = ("_expand", "_depthwise")
    assert not any(part in name for name in names for part in wide)


def test_pooling_belongs_to_the_stage_before():
    stages = chain(build("VGG16", 32))
    assert [layer_names(stage)[-1] for stage in stages] == [f"block{i}_pool" for i in range(1, 6)]


def test_norm_after_a_kernel_belongs_to_the_block_before(make_tiny):
    for stage in chain(make_tiny("plain"), "block")[:-1]:
        types = [type(layer).__name__ for layer in stage.layers]
        assert types.count("Conv2D") == types.count("BatchNormalization") == 1


def test_norm_after_a_merge_opens_the_next_block(make_tiny):
    blocks = chain(make_tiny("pre_activation"), "block")[:-1]
    types = [[type(layer).__name__ for layer in block.layers] for block in blocks]
    assert len(types) == 3
    assert types[1][0] == types[2][0] == "BatchNormalization"
    assert "BatchNormalization" not in types[0]


def test_trailing_norm_belongs_to_the_last_block(make_tiny):
    *_, last, _ = chain(make_tiny("pre_activation"), "block")
    assert [type(layer).__name__ for layer in last.layers[:-1]][-2:] == [
        "BatchNormalization",
        "ReLU",
    ]


def test_padding_belongs_to_the_kernel_after_it():
    for stage in chain(build("MobileNet", 64))[:-1]:
        assert "pad" not in layer_names(stage)[-1]
