import keras
import pytest

from keras_tl.structure.graph import leaf_layers
from keras_tl.structure.kinds import KINDS, weights_by_kind


def kinds(layer):
    return {weight.name: kind for weight, kind in weights_by_kind(layer)}


def built(layer, shape=(None, 4, 4, 3)):
    layer.build(shape)
    return layer


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (keras.layers.Conv2D(2, 3), {"kernel": "kernel", "bias": "bias"}),
        (keras.layers.DepthwiseConv2D(3), {"kernel": "kernel", "bias": "bias"}),
        (
            keras.layers.SeparableConv2D(2, 3),
            {"depthwise_kernel": "kernel", "pointwise_kernel": "kernel", "bias": "bias"},
        ),
        (
            keras.layers.BatchNormalization(),
            {
                "gamma": "norm",
                "beta": "norm",
                "moving_mean": "moments",
                "moving_variance": "moments",
            },
        ),
        (keras.layers.LayerNormalization(), {"gamma": "norm", "beta": "norm"}),
        (
            keras.layers.Normalization(),
            {"mean": "moments", "variance": "moments", "count": "moments"},
        ),
    ],
)
def test_kind_of_each_weight(layer, expected):
    assert kinds(built(layer)) == expected


def test_kinds_do_not_depend_on_what_is_frozen():
    layer = built(keras.layers.BatchNormalization())
    before = kinds(layer)
    layer.trainable = False
    assert kinds(layer) == before


def test_inner_layers_are_covered():
    attention = keras.layers.MultiHeadAttention(2, 3)
    attention.build((None, 4, 3), (None, 4, 3))
    assert set(kinds(attention).values()) == {"kernel", "bias"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ConvNeXtTiny", "EfficientNetB0", "InceptionResNetV2"])
def test_every_weight_has_exactly_one_kind(name):
    constructor = getattr(keras.applications, name)
    model = constructor(include_top=False, weights=None, input_shape=(96, 96, 3))
    found = [(id(w), kind) for layer in leaf_layers(model) for w, kind in weights_by_kind(layer)]
    assert sorted(i for i, _ in found) == sorted(id(weight) for weight in model.weights)
    assert {kind for _, kind in found} <= set(KINDS)
