"""The gradient of a logit, on the backends that can take it outside training."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np


def class_gradient(
    to_logits: keras.Model, inputs: Sequence[np.ndarray], classes: np.ndarray
) -> np.ndarray:
    """Returns the gradient of the logit of a class by the last input.

    In inference mode no image of a batch touches another, so that the gradient of the sum of the
    logits holds the gradient of each.

    Args:
        to_logits: Model from `inputs` to logits `(batch, classes)`.
        inputs: Its inputs, `(batch, ...)` each.
        classes: `(batch,)` the class whose logit counts.

    Returns:
        Float32, of the shape of the last input.

    Raises:
        RuntimeError: On a backend other than TensorFlow and JAX.
    """
    *others, last = map(keras.ops.convert_to_tensor, inputs)

    def sum_of_logits(tensor: Any) -> Any:
        logits = to_logits([*others, tensor] if others else tensor, training=False)
        chosen = keras.ops.take_along_axis(logits, np.asarray(classes)[:, None], axis=1)
        return keras.ops.sum(chosen)

    gradient = _of_backend()(sum_of_logits, last)
    return np.asarray(keras.ops.convert_to_numpy(gradient), dtype="float32")


def _of_backend() -> Callable[[Callable[[Any], Any], Any], Any]:
    backend = keras.backend.backend()
    if backend not in _BACKENDS:
        raise RuntimeError(
            f"This method needs gradients, which are taken on {' and '.join(_BACKENDS)}. "
            f"Received: backend {backend!r}. Use method='occlusion' or 'score-cam', which need "
            "none, or set KERAS_BACKEND."
        )
    return _BACKENDS[backend]


def _tensorflow(function: Callable[[Any], Any], tensor: Any) -> Any:
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(tensor)
        value = function(tensor)
    return tape.gradient(value, tensor, unconnected_gradients=tf.UnconnectedGradients.ZERO)


def _jax(function: Callable[[Any], Any], tensor: Any) -> Any:
    import jax

    return jax.grad(function)(tensor)


_BACKENDS = {"tensorflow": _tensorflow, "jax": _jax}
