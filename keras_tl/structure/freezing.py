"""Freezing that holds: flags on leaf layers, and frozen stages that are deterministic.

`training=False` in a functional graph does not do it, since `fit` overrides it, and
`trainable = False` on a model masks what is set inside it. So flags are set on the layers that
hold the variables, here and nowhere else, and layers that act in training only are passed over
in the graph of the frozen stages.
"""

import bisect
import inspect
import itertools
import math
from dataclasses import replace
from typing import Any

import keras

from keras_tl.foundation.checks import one_of
from keras_tl.foundation.tables import as_text, count, table
from keras_tl.structure import graph
from keras_tl.structure.blocks import NORMS
from keras_tl.structure.graph import Call
from keras_tl.structure.inference_only import InferenceOnly
from keras_tl.structure.kinds import MOMENTS, weights_by_kind
from keras_tl.structure.plan import Assignment, Depth, Plan, batch_norms

_NOISE = tuple(
    getattr(keras.layers, name)
    for name in dir(keras.layers)
    if "Dropout" in name
    or name in ("GaussianNoise", "RandAugment", "AugMix", "CutMix", "MixUp")
    or (name.startswith("Random") and name != "RandomCrop")
)


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
        batch_norm: `"frozen"`: BatchNorm layers stay as they are in all stages; in trained stages
            `"affine"` trains scale and shift, `"train"` moves the moments too.

    Returns:
        An uncompiled flat model over the same layers and weights, in which the noise layers of
        frozen stages are passed over. The flags are set on the shared layers, so `model` has
        them too; compile whichever you train.

    Raises:
        ValueError: If there is no such depth; it names the stages.
    """
    one_of("batch_norm", batch_norm, ("frozen", "affine", "train"))
    plan = Plan.freeze_to(depth, granularity=granularity, batch_norm=batch_norm)
    return apply(plan, model)


def apply(plan: Plan, model: keras.Model) -> keras.Model:
    """Sets the flags that `plan` says and returns the model to train, as `freeze` does."""
    assignment = plan.assign(model)
    model.trainable = True
    assignment.chain.model.trainable = True
    for i, stage in enumerate(assignment.chain):
        trained = {id(weight) for weight, _ in assignment.multipliers(i)}
        for layer in stage.layers:
            _set_flags(layer, trained, plan.batch_norm, is_frozen=not trained)
    return graph.rebuild(assignment.chain.model, silencing(assignment), like=model)


def rates(plan: Plan, model: keras.Model, trained: keras.Model) -> list[float]:
    """Returns the multiple of the base rate of each trainable variable of `trained`, in order.

    Args:
        plan: The plan.
        model: The model it was applied to.
        trained: What `apply` returned.
    """
    assignment = plan.assign(model)
    pairs = (pair for i in _all(assignment) for pair in assignment.multipliers(i))
    by_weight = {id(weight): factor for weight, factor in pairs}
    return [by_weight[id(weight)] for weight in trained.trainable_variables]


def trained_ids(plan: Plan, model: keras.Model) -> set[int]:
    """Returns the identities of the weights that `plan` trains."""
    assignment = plan.assign(model)
    return {id(weight) for i in _all(assignment) for weight, _ in assignment.multipliers(i)}


def frozen_weights(plan: Plan, model: keras.Model) -> dict[str, list[keras.Variable]]:
    """Returns the weights that `plan` keeps as they are, by the name of their layer.

    BatchNorm moments are among them unless the plan moves them.
    """
    assignment = plan.assign(model)
    found: dict[str, list[keras.Variable]] = {}
    for i, stage in enumerate(assignment.chain):
        moving = {id(weight) for weight, _ in assignment.multipliers(i)}
        moves_moments = bool(moving) and plan.batch_norm == "train"
        for layer in stage.layers:
            kept = [
                weight
                for weight, kind in weights_by_kind(layer)
                if id(weight) not in moving and not (kind == MOMENTS and moves_moments)
            ]
            found.setdefault(layer.name, []).extend(kept)
    return found


def moving_weights(plan: Plan, model: keras.Model) -> list[int]:
    """Returns the positions in `model.weights` of what a phase under `plan` may move.

    Moments that are estimated anew after the phase are among them.
    """
    renewed = replace(plan, batch_norm="train") if plan.batch_norm == "recalibrate" else plan
    kept = {id(w) for weights in frozen_weights(renewed, model).values() for w in weights}
    return [i for i, weight in enumerate(model.weights) if id(weight) not in kept]


def summary(plan: Plan, model: keras.Model, learning_rate: float | None = None) -> str:
    """Returns a table of what trains under `plan`, stage by stage."""
    assignment = plan.assign(model)
    columns = ("stage", "trains", "trainable#", "parameters#", "learning rate#", "BatchNorm")
    return as_text(table(columns, [_row(assignment, i, learning_rate) for i in _all(assignment)]))


def trained_parameters(assignment: Assignment, index: int) -> int:
    """Returns how many parameters of a stage train."""
    return sum(math.prod(weight.shape) for weight, _ in assignment.multipliers(index))


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
    is_frozen = [assignment.is_frozen(stage) for stage in _all(assignment)]
    positions = itertools.count(position)

    def visit(call: Call, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        stage = bisect.bisect_right(ends, next(positions))
        run = in_inference if is_frozen[stage] else graph.run
        return run(call, arguments, options)

    return visit


def _set_flags(layer: keras.Layer, trained: set[int], batch_norm: str, *, is_frozen: bool) -> None:
    """Sets the flags of a leaf layer; a part none of whose weights train is frozen whole.

    A BatchNorm whose moments are to stay has the flag of a frozen layer, also if its scale and
    shift train: their own flags are set after it.
    """
    norms = set(map(id, batch_norms(layer))) if batch_norm != "train" else set()
    for part in graph.parts(layer):
        own, _ = graph.own_weights(part)
        is_idle = bool(own) and not any(id(weight) in trained for weight in own)
        part.trainable = not (is_frozen or is_idle or id(part) in norms)
        for weight in own:
            weight.trainable = id(weight) in trained


def _takes_training(operation: keras.Operation) -> bool:
    is_layer = isinstance(operation, keras.Layer)
    return is_layer and "training" in inspect.signature(operation.call).parameters


def acts_in_training(operation: keras.Operation) -> bool:
    """Tells whether a layer whose weights do not move still behaves differently in training."""
    if not isinstance(operation, keras.Layer) or isinstance(operation, InferenceOnly):
        return False
    return any(_takes_training(p) and not isinstance(p, NORMS) for p in graph.parts(operation))


def _all(assignment: Assignment) -> range:
    return range(len(assignment.chain))


def _row(assignment: Assignment, i: int, learning_rate: float | None) -> tuple[str, ...]:
    stage = assignment.chain[i]
    factors = [factor for _, factor in assignment.multipliers(i)]
    found = sorted({f"{learning_rate * factor:.3g}" for factor in factors}) if learning_rate else []
    return (
        stage.name,
        assignment.trains(i),
        count(trained_parameters(assignment, i)),
        count(stage.parameters),
        " to ".join(found[:1] + found[-1:] if len(found) > 1 else found) or "-",
        _batch_norm_word(assignment, i),
    )


def _batch_norm_word(assignment: Assignment, i: int) -> str:
    if not any(batch_norms(layer) for layer in assignment.chain[i].layers):
        return "none"
    return "frozen" if assignment.is_frozen(i) else assignment.plan.batch_norm
