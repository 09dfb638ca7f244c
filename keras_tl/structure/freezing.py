"""Freezing that holds: flags on leaf layers, and frozen stages that are deterministic.

`training=False` in a functional graph does not do it, since `fit` overrides it, and
`trainable = False` on a model masks what is set inside it. So flags are set on the layers that
hold the variables, here and nowhere else, and layers that act in training only are passed over
in the graph of the frozen stages.
"""

import keras

from keras_tl.foundation.checks import one_of
from keras_tl.structure import graph
from keras_tl.structure.inference import silencing
from keras_tl.structure.kinds import batch_norms
from keras_tl.structure.plan import Depth, Plan


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
