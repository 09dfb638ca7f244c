"""Calls as in inference: what a replay of a graph does where nothing may be random.

These are visitors of `graph.replay`.
"""

import bisect
import inspect
import itertools
from typing import Any

import keras

from keras_tl.structure import graph
from keras_tl.structure.assignment import Assignment
from keras_tl.structure.blocks import NORMS
from keras_tl.structure.graph import Call
from keras_tl.structure.inference_only import InferenceOnly

_NOISE = tuple(
    getattr(keras.layers, name)
    for name in dir(keras.layers)
    if "Dropout" in name
    or name in ("GaussianNoise", "RandAugment", "AugMix", "CutMix", "MixUp")
    or (name.startswith("Random") and name != "RandomCrop")
)


def is_noise(call: Call) -> bool:
    """Tells whether a call does nothing but in training: dropout, noise, random augmentation."""
    return isinstance(call.operation, _NOISE)


def in_inference(call: Call, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Runs a call as in inference, whatever the mode around it; BatchNorm goes by its own flag."""
    if is_noise(call):
        return arguments[0]
    if acts_in_training(call.operation):
        return InferenceOnly(call.operation)(*arguments, **options)
    return graph.run(call, arguments, options)


def silencing(assignment: Assignment, position: int = 0) -> graph.Visitor:
    """Returns the visitor that runs frozen stages in inference mode.

    Args:
        assignment: What is frozen.
        position: Number of the call that is visited first.
    """
    ends = [stage.boundary.position for stage in assignment.chain]
    is_frozen = list(map(assignment.is_frozen, range(len(ends))))
    positions = itertools.count(position)

    def visit(call: Call, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        stage = bisect.bisect_right(ends, next(positions))
        run = in_inference if is_frozen[stage] else graph.run
        return run(call, arguments, options)

    return visit


def acts_in_training(operation: keras.Operation) -> bool:
    """Tells whether a layer whose weights do not move still behaves differently in training."""
    if not isinstance(operation, keras.Layer) or isinstance(operation, InferenceOnly):
        return False
    return any(_takes_training(p) and not isinstance(p, NORMS) for p in graph.parts(operation))


def _takes_training(operation: keras.Operation) -> bool:
    is_layer = isinstance(operation, keras.Layer)
    return is_layer and "training" in inspect.signature(operation.call).parameters
