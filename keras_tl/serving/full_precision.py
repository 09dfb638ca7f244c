"""A model of mixed precision as one that computes in float32, over the same weights."""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

LOST = {"float16": 2e-2, "bfloat16": 1e-1}


def in_full_precision(model: keras.Model) -> keras.Model:
    """Returns `model` computing in float32; the model itself if it does already.

    The variables of mixed precision are float32 as they are, so nothing is rounded.
    """
    if not is_mixed(model):
        return model
    with _policy("float32"):
        same = keras.models.clone_model(model, clone_function=_in_float32, recursive=True)
    same.set_weights(model.get_weights())
    return same


def is_mixed(model: keras.Model) -> bool:
    """Tells whether a layer, nested ones included, computes in half precision."""
    return lost_in_mixed(model) > 0


def lost_in_mixed(model: keras.Model) -> float:
    """Returns how far probabilities of `model` may be from float32, by the type it computes in."""
    return max((_lost_in(layer) for layer in model.layers), default=0.0)


def _lost_in(layer: Any) -> float:
    if isinstance(layer, keras.Model):
        return lost_in_mixed(layer)
    return LOST.get(layer.compute_dtype, 0.0)


def _in_float32(operation: Any) -> Any:
    """Copies a layer; an operation without weights and precision is used again."""
    if not isinstance(operation, keras.layers.Layer):
        return operation
    return type(operation).from_config({**operation.get_config(), "dtype": "float32"})


@contextlib.contextmanager
def _policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
