"""Where a graph can be cut: the points that one tensor passes, or a pair of merged ones."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import keras
from keras import KerasTensor

from keras_tl.structure.graph import Call, calls

_POOLS = (
    keras.layers.GlobalAveragePooling1D,
    keras.layers.GlobalAveragePooling2D,
    keras.layers.GlobalMaxPooling1D,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.Flatten,
)


@dataclass(frozen=True)
class Boundary:
    """What passes from one piece of the graph to the next.

    Attributes:
        shapes: Shape of each tensor for one image, such as `((7, 7, 1280),)`.
        bytes: Size of all of them for one image, in bytes.
        position: Number of calls of the graph that lie before.
        tensors: The symbolic tensors themselves.
    """

    shapes: tuple[tuple[int | None, ...], ...]
    bytes: int
    position: int
    tensors: tuple[KerasTensor, ...] = field(compare=False, repr=False)

    @property
    def channels(self) -> int:
        """Channels of the last tensor."""
        return self.shapes[-1][-1] or 0

    @property
    def height(self) -> int | None:
        """Height of the last tensor in pixels; None if it has no spatial axes."""
        return self.shapes[-1][0] if len(self.shapes[-1]) == 3 else None


def boundary(position: int, tensors: Sequence[KerasTensor]) -> Boundary:
    """Returns the boundary that `tensors` form after `position` calls."""
    shapes = tuple(tuple(tensor.shape[1:]) for tensor in tensors)
    width = [keras.backend.standardize_dtype(tensor.dtype) for tensor in tensors]
    sizes = [math.prod(n or 1 for n in s) * _bytes(d) for s, d in zip(shapes, width, strict=True)]
    return Boundary(shapes, sum(sizes), position, tuple(tensors))


def find(model: keras.Model) -> list[Boundary]:
    """Returns the boundaries of a flat model, input and output among them, in order.

    A boundary is one tensor that separates what is before it from what is after it. Where cells
    read the two cells before them, so that most of the network lies between two such tensors
    (NASNet), it is also the pair of their merged outputs. No boundary lies between two calls of
    one layer with weights: they belong together.
    """
    order = calls(model)
    together = _spans_of_shared_layers(order)
    found = [boundary(0, model.inputs)]
    for position, alive in _alive_after(model, order):
        inside = any(first < position <= last for first, last in together)
        if not inside and _separates(alive):
            found.append(boundary(position, [tensor for tensor, _ in alive]))
    singles = [cut for cut in found if len(cut.tensors) == 1]
    return found if _leaves_one_piece(singles) else singles


def pieces(model: keras.Model, cuts: Sequence[Boundary]) -> list[tuple[Call, ...]]:
    """Returns the calls between each two neighbouring boundaries."""
    order = calls(model)
    return [order[before.position : after.position] for before, after in pairwise(cuts)]


def head_start(model: keras.Model, cuts: Sequence[Boundary]) -> int | None:
    """Returns the index in `cuts` where the head begins, or None for a bare backbone.

    The head begins after the last global pooling or flatten; without one, where the picture
    loses its spatial axes.
    """
    pools = [i + 1 for i, call in enumerate(calls(model)) if is_pool(call)]
    after = pools[-1] if pools else 1
    flat = [
        i
        for i, cut in enumerate(cuts[:-1])
        if cut.position >= after and (cut.height is None or cut.position in pools)
    ]
    return flat[0] if flat and (pools or cuts[0].height) else None


def _alive_after(
    model: keras.Model, order: Sequence[Call]
) -> Iterator[tuple[int, list[tuple[KerasTensor, Call | None]]]]:
    """Yields, after each call, the tensors made so far that a later call reads."""
    last_use = {id(t): i for i, call in enumerate(order) for t in call.inputs}
    last_use.update({id(tensor): len(order) for tensor in model.outputs})
    alive: list[tuple[KerasTensor, Call | None]] = [(tensor, None) for tensor in model.inputs]
    for i, call in enumerate(order):
        alive += [(tensor, call) for tensor in call.outputs]
        alive = [(tensor, maker) for tensor, maker in alive if last_use.get(id(tensor), -1) > i]
        yield i + 1, alive


def _separates(alive: Sequence[tuple[KerasTensor, Call | None]]) -> bool:
    is_pair = len(alive) == 2 and all(maker and is_merge(maker) for _, maker in alive)
    return len(alive) == 1 or is_pair


def _leaves_one_piece(cuts: Sequence[Boundary]) -> bool:
    largest = max(after.position - before.position for before, after in pairwise(cuts))
    return 2 * largest > cuts[-1].position


def is_pool(call: Call) -> bool:
    """Tells whether the call makes a vector of a map: global pooling or flatten."""
    return isinstance(call.operation, _POOLS)


def is_merge(call: Call) -> bool:
    """Tells whether the call joins branches by adding or concatenating them, not by gating."""
    return len({id(tensor) for tensor in call.inputs}) > 1 and not is_gate(call)


def is_gate(call: Call) -> bool:
    """Tells whether the call multiplies a branch by another, as squeeze-and-excitation does."""
    is_product = type(call.operation).__name__ == "Multiply"
    return is_product and len({id(tensor) for tensor in call.inputs}) > 1


def _spans_of_shared_layers(order: Sequence[Call]) -> list[tuple[int, int]]:
    """Returns first and last position between which a layer with weights is called again."""
    uses: dict[int, list[int]] = {}
    for i, call in enumerate(order):
        if call.weights:
            uses.setdefault(id(call.operation), []).append(i)
    return [(found[0], found[-1]) for found in uses.values() if len(found) > 1]


def _bytes(dtype: str) -> int:
    return {"float16": 2, "bfloat16": 2, "float64": 8, "uint8": 1}.get(dtype, 4)
