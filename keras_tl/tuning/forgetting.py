"""Letting go of the models of a trial, so that many trials need the memory of one."""

import gc
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import keras


@contextmanager
def forgetting() -> Iterator[None]:
    """Lets go of what is built and trained within, and begins with Keras's names afresh.

    TensorFlow registers the gradients of each traced training step for good, and with them the
    graph of the step, its weights and its data (tensorflow issue 97697). Those that are registered
    within are taken out again.
    """
    keras.backend.clear_session(free_memory=False)
    gradients = _traced_gradients()
    before = set(gradients)
    try:
        yield
    finally:
        for name in set(gradients) - before:
            if name.startswith("CustomGradient-"):
                del gradients[name]
        keras.backend.clear_session(free_memory=False)
        gc.collect()


def _traced_gradients() -> MutableMapping[str, Any]:
    if keras.backend.backend() != "tensorflow":
        return {}
    from tensorflow.python.framework import ops

    return getattr(ops.gradient_registry, "_registry", {})
