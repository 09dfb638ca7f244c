"""The kind of a variable: what it is to the layer that holds it. Each has exactly one."""

from collections.abc import Iterator

import keras

from keras_tl.structure.blocks import NORMS
from keras_tl.structure.graph import own_weights, parts

KERNEL = "kernel"
BIAS = "bias"
NORM = "norm"
MOMENTS = "moments"
OTHER = "other"

KINDS = (KERNEL, BIAS, NORM, MOMENTS, OTHER)
TRAINABLE_KINDS = (KERNEL, BIAS, NORM, OTHER)


def weights_by_kind(layer: keras.Layer) -> Iterator[tuple[keras.Variable, str]]:
    """Yields each weight of `layer`, inner layers' too, with its kind.

    The kinds are `"kernel"`, `"bias"`, `"norm"` (scale and shift of a normalisation), `"moments"`
    (running or adapted statistics, which no gradient trains) and `"other"`. They do not depend on
    what is frozen.
    """
    for part in parts(layer):
        trained, fixed = own_weights(part)
        yield from ((weight, _trained_kind(part, weight)) for weight in trained)
        yield from ((weight, MOMENTS) for weight in fixed)


def batch_norms(layer: keras.Layer) -> list[keras.Layer]:
    """Returns the BatchNorm layers that `layer` is or holds."""
    return [part for part in parts(layer) if isinstance(part, keras.layers.BatchNormalization)]


def _trained_kind(part: keras.Layer, weight: keras.Variable) -> str:
    if isinstance(part, NORMS):
        return NORM
    if weight.name.endswith("kernel"):
        return KERNEL
    return BIAS if weight.name.endswith("bias") else OTHER
