"""A model of mixed precision as one that computes in float32, over the same weights."""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras

HALF = {"float16", "bfloat16"}


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
    return not HALF.isdisjoint(computed_in(model))


def computed_in(model: keras.Model) -> set[str]:
    """Returns the types that the layers of `model`, nested ones included, compute in."""
    inner = (_types_of(layer) for layer in model.layers)
    return set().union(*inner)


def _types_of(layer: Any) -> set[str]:
    if isinstance(layer, keras.Model):
        return computed_in(layer)
    return {layer.compute_dtype}


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
