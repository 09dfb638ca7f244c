"""Freezing that holds: flags on leaf layers, and frozen stages that are deterministic.

`training=False` in a functional graph does not do it, since `fit` overrides it, and
`trainable = False` on a model masks what is set inside it. So flags are set on the layers that
hold the variables, here and nowhere else, and layers that act in training only are passed over
in the graph of the frozen stages.
"""

import bisect
import inspect
import math
from collections.abc import Iterator
from typing import Any

import keras

from keras_tl.foundation.tables import as_text, count, table
from keras_tl.structure import graph
from keras_tl.structure.blocks import NORMS
from keras_tl.structure.graph import Call
from keras_tl.structure.kinds import MOMENTS, weights_by_kind
from keras_tl.structure.plan import Assignment, Depth, Plan


def freeze(
    model: keras.Model, depth: Depth, *, granularity: str = "stage", batch_norm: str = "frozen"
) -> keras.Model:
    """Freezes everything before `depth` and returns a model in which frozen is frozen.

    The frozen stages of the returned model neither train, nor move their BatchNorm moments, nor
    drop anything out, also in your own `fit`.

    Args:
        model: Functional or Sequential model with one input and one output.
        depth: `-1` trains the head only, `0` everything; also a fraction of the stages before
            the head, or the name of the first stage that trains.
        granularity: `"stage"` or `"block"`: the pieces that `depth` counts.
        batch_norm: `"frozen"`: BatchNorm layers stay in inference mode in all stages;
            `"train"`: those of trained stages train.

    Returns:
        An uncompiled flat model over the same layers and weights, in which the noise layers of
        frozen stages are passed over. The flags are set on the shared layers, so `model` has
        them too; compile whichever you train.

    Raises:
        ValueError: If there is no such depth; it names the stages.
    """
    plan = Plan.freeze_to(depth, granularity=granularity, batch_norm=batch_norm)
    return apply(plan, model)


def apply(plan: Plan, model: keras.Model) -> keras.Model:
    """Sets the flags that `plan` says and returns the model to train, as `freeze` does."""
    assignment = plan.assign(model)
    model.trainable = True
    assignment.chain.model.trainable = True
    for i, stage in enumerate(assignment.chain):
        for layer in stage.layers:
            _set_flags(layer, assignment.kinds[i], plan.batch_norm)
    return _silenced(assignment)


def summary(plan: Plan, model: keras.Model, learning_rate: float | None = None) -> str:
    """Returns a table of what trains under `plan`, stage by stage."""
    assignment = plan.assign(model)
    columns = ("stage", "trains", "trainable#", "parameters#", "learning rate#", "BatchNorm")
    rows = [
        (
            stage.name,
            assignment.trains(i),
            count(trained_parameters(assignment, i)),
            count(stage.parameters),
            "-" if assignment.is_frozen(i) or learning_rate is None else f"{learning_rate:g}",
            _batch_norm_word(assignment, i),
        )
        for i, stage in enumerate(assignment.chain)
    ]
    return as_text(table(columns, rows))


@keras.saving.register_keras_serializable("keras_tl")
class InferenceOnly(keras.layers.Wrapper):
    """Calls a layer in inference mode, whatever the mode of the model around it.

    For frozen layers that hold weights and act differently in training, such as attention with
    dropout inside.
    """

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the wrapped layer with `training=False`."""
        return self.layer(*args, **{**kwargs, "training": False})

    def build(self, input_shape: Any = None) -> None:
        """The wrapped layer is built already."""
        self.built = True


def is_noise(call: Call) -> bool:
    """Tells whether a call acts in training only: dropout, noise, random augmentation.

    That is a layer without weights that takes `training` and keeps the shape of its input.
    """
    keeps_shape = call.inputs and call.inputs[0].shape == call.outputs[0].shape
    return bool(keeps_shape) and _takes_training(call.operation) and not call.weights


def _silenced(assignment: Assignment) -> keras.Model:
    """Rebuilds the model with its frozen stages in inference mode."""
    ends = [stage.boundary.position for stage in assignment.chain]
    position = iter(range(ends[-1]))

    def visit(call: Call, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        stage = bisect.bisect_right(ends, next(position))
        if not assignment.is_frozen(stage):
            return graph.run(call, arguments, options)
        if is_noise(call):
            return arguments[0]
        if _acts_in_training(call.operation):
            return InferenceOnly(call.operation)(*arguments, **options)
        return graph.run(call, arguments, options)

    return graph.rebuild(assignment.chain.model, visit)


def trained_weights(
    layer: keras.Layer, kinds: frozenset[str], batch_norm: str
) -> Iterator[keras.Variable]:
    """Yields the weights of `layer` that train when `kinds` of its stage do."""
    held = {id(w) for part in _frozen_norms(layer, batch_norm) for w in part.weights}
    for weight, kind in weights_by_kind(layer):
        if kind in kinds and kind != MOMENTS and id(weight) not in held:
            yield weight


def _set_flags(layer: keras.Layer, kinds: frozenset[str], batch_norm: str) -> None:
    """Sets the flags of a leaf layer; a part none of whose weights train is frozen whole."""
    trained = set(map(id, trained_weights(layer, kinds, batch_norm)))
    frozen_norms = set(map(id, _frozen_norms(layer, batch_norm)))
    for part in graph.parts(layer):
        own, _ = graph.own_weights(part)
        is_idle = bool(own) and not any(id(weight) in trained for weight in own)
        part.trainable = bool(kinds) and not is_idle and id(part) not in frozen_norms
        for weight in own:
            weight.trainable = id(weight) in trained


def _frozen_norms(layer: keras.Layer, batch_norm: str) -> list[keras.Layer]:
    norms = [p for p in graph.parts(layer) if isinstance(p, keras.layers.BatchNormalization)]
    return norms if batch_norm == "frozen" else []


def _takes_training(operation: keras.Operation) -> bool:
    is_layer = isinstance(operation, keras.Layer)
    return is_layer and "training" in inspect.signature(operation.call).parameters


def _acts_in_training(operation: keras.Operation) -> bool:
    """Tells whether a frozen layer would still behave differently in training."""
    if not isinstance(operation, keras.Layer) or not operation.weights:
        return False
    return any(_takes_training(p) and not isinstance(p, NORMS) for p in graph.parts(operation))


def trained_parameters(assignment: Assignment, index: int) -> int:
    """Returns how many parameters of a stage train."""
    kinds, policy = assignment.kinds[index], assignment.plan.batch_norm
    layers = assignment.chain[index].layers
    weights = (w for layer in layers for w in trained_weights(layer, kinds, policy))
    return sum(math.prod(weight.shape) for weight in weights)


def _batch_norm_word(assignment: Assignment, i: int) -> str:
    parts = [p for layer in assignment.chain[i].layers for p in graph.parts(layer)]
    if not any(isinstance(part, keras.layers.BatchNormalization) for part in parts):
        return "none"
    is_trained = assignment.plan.batch_norm == "train" and not assignment.is_frozen(i)
    return "trains" if is_trained else "frozen"
