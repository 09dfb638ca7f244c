"""The part of a model in which nothing trains and nothing is random, and the part after it."""

import bisect
from collections.abc import Callable, Sequence
from itertools import takewhile

import keras

from keras_tl.structure import graph
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.chain import chain
from keras_tl.structure.graph import Call
from keras_tl.structure.inference import acts_in_training, in_inference, silencing
from keras_tl.structure.kinds import batch_norms
from keras_tl.structure.plan import Plan


def still_boundaries(plan: Plan, model: keras.Model) -> list[Boundary]:
    """Returns the boundaries before which nothing moves and nothing is random under `plan`.

    They are ends of blocks and of the stages that the plan counts, in order; the last one ends
    the longest such prefix.
    """
    assignment = plan.assign(model)
    kept = assignment.frozen_ids()
    ends = [stage.boundary.position for stage in assignment.chain]
    frozen = [assignment.is_frozen(i) for i in range(len(ends))]

    def is_still(position: int, call: Call) -> bool:
        silenced = frozen[bisect.bisect_right(ends, position)]
        moves = any(id(weight) not in kept for weight in call.weights)
        return not moves and (silenced or not acts_in_training(call.operation))

    own = [stage.boundary for stage in assignment.chain]
    return _up_to_the_first_that_moves(model, is_still, own)


def still_boundaries_by_flags(model: keras.Model) -> list[Boundary]:
    """Returns the same for a model as it stands: by the flags that are set on its layers."""

    def is_still(_: int, call: Call) -> bool:
        layer = call.operation
        if not isinstance(layer, keras.Layer):
            return True
        moves = bool(layer.trainable_weights) or any(n.trainable for n in batch_norms(layer))
        return not moves and not acts_in_training(layer)

    return _up_to_the_first_that_moves(model, is_still, [])


def prefix(model: keras.Model, boundaries: Sequence[Boundary]) -> keras.Model:
    """Returns what comes before the last of `boundaries`, in inference mode.

    Its outputs are the tensors of all the boundaries, one after the other. It is built once.
    """
    positions = tuple(boundary.position for boundary in boundaries)
    flat = chain(model, "block").model
    tensors = [tensor for boundary in boundaries for tensor in boundary.tensors]
    return graph.remember(
        model,
        ("prefix", positions),
        lambda: graph.section(
            graph.calls(flat)[: max(positions)], flat.inputs, tensors, "prefix", in_inference
        ),
    )


def suffix(model: keras.Model, boundary: Boundary, plan: Plan | None = None) -> keras.Model:
    """Returns what comes after `boundary`, with the stages that `plan` freezes in inference mode.

    It shares its layers with `model`; flags are those that are set on them.
    """
    flat = chain(model, "block").model
    visit = graph.run if plan is None else silencing(plan.assign(model), boundary.position)
    after = graph.calls(flat)[boundary.position :]
    return graph.section(after, boundary.tensors, flat.outputs, "suffix", visit)


def _up_to_the_first_that_moves(
    model: keras.Model, is_still: Callable[[int, Call], bool], extra: Sequence[Boundary]
) -> list[Boundary]:
    blocks = chain(model, "block")
    order = enumerate(graph.calls(blocks.model))
    length = sum(1 for _ in takewhile(lambda numbered: is_still(*numbered), order))
    found = {b.position: b for b in [*extra, *(stage.boundary for stage in blocks)]}
    return [found[position] for position in sorted(found) if 0 < position <= length]
