"""The only reader of Keras's graph internals.

A functional model is a list of *calls* in an order in which each call finds its inputs ready.
Models that are called inside a model are looked through: their calls appear in their place.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import keras
from keras import KerasTensor, tree

Value = TypeVar("Value")
Visitor = Callable[["Call", tuple[Any, ...], dict[str, Any]], Any]


@dataclass(frozen=True, eq=False)
class Call:
    """One call of a layer or raw operation, from input tensors to output tensors."""

    operation: keras.Operation
    inputs: tuple[KerasTensor, ...]
    outputs: tuple[KerasTensor, ...]
    node: Any

    @property
    def weights(self) -> list[keras.Variable]:
        """The variables of the layer that is called; none for a raw operation."""
        return self.operation.weights if isinstance(self.operation, keras.Layer) else []

    @property
    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """What it is called with, symbolic tensors in their places."""
        return self.node.arguments.args, self.node.arguments.kwargs


def as_functional(operation: object) -> keras.Model | None:
    """Returns the functional model behind `operation`, or None if there is no graph to read."""
    if isinstance(operation, keras.Sequential):
        return operation._functional
    is_functional = isinstance(operation, keras.Model) and hasattr(operation, "_nodes_by_depth")
    return operation if is_functional else None


def calls(model: keras.Model) -> tuple[Call, ...]:
    """Returns the calls of a functional model in depth-first order, inputs left out.

    Depth-first order finishes what one cell of a network needs before the next begins, so that
    few tensors are alive between two cells.
    """
    return tuple(
        Call(node.operation, tuple(node.input_tensors), tuple(node.outputs), node)
        for node in _depth_first(model.outputs, set(map(id, model.inputs)))
        if not node.is_input
    )


def run(call: Call, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """The plain visitor of `replay`: calls the operation."""
    return call.operation(*arguments, **options)


def replay(model: keras.Model, inputs: Any, visit: Visitor = run) -> Any:
    """Runs the calls of `model` on `inputs` and returns what comes out.

    Args:
        model: Functional model; models inside it are looked through.
        inputs: One tensor for each input of `model`, symbolic or not.
        visit: Called as `visit(call, arguments, options)` in place of the operation.

    Returns:
        Outputs in the structure of `model`'s own.
    """
    values = dict(zip(map(id, model.inputs), tree.flatten(inputs), strict=True))
    _run_all(calls(model), values, visit)
    return tree.pack_sequence_as(model.output, [values[id(tensor)] for tensor in model.outputs])


def section(
    order: Sequence[Call],
    entries: Sequence[KerasTensor],
    exits: Sequence[KerasTensor],
    name: str,
    visit: Visitor = run,
) -> keras.Model:
    """Returns a model over the layers of some calls in a row, from `entries` to `exits`.

    Unlike `keras.Model(entry, exit)` it is right where a layer is called on either side of the
    cut, and its inputs are new ones with names of their own. `visit` is that of `replay`.
    """
    inputs = [keras.Input(batch_shape=t.shape, dtype=t.dtype) for t in entries]
    values = dict(zip(map(id, entries), inputs, strict=True))
    _run_all(order, values, visit)
    return keras.Model(_single(inputs), _single([values[id(t)] for t in exits]), name=name)


def _run_all(order: Sequence[Call], values: dict[int, Any], visit: Visitor) -> None:
    """Runs calls one after the other; `values` holds what each tensor stands for."""
    for call in order:
        arguments, options = call.node.arguments.fill_in(values)
        inner = as_functional(call.operation)
        result = replay(inner, arguments[0], visit) if inner else visit(call, arguments, options)
        values.update(zip(map(id, call.outputs), tree.flatten(result), strict=True))


def rebuild(
    model: keras.Model, visit: Visitor = run, like: keras.Model | None = None
) -> keras.Model:
    """Returns a flat functional model over the same layers and weights, uncompiled.

    Its inputs have the shapes of those of `like`, by default of `model`.
    """
    inputs = [fresh_input(tensor) for tensor in (like or model).inputs]
    return keras.Model(_single(inputs), replay(model, inputs, visit), name=model.name)


def fresh_input(tensor: KerasTensor, size: tuple[int, int] | None = None) -> KerasTensor:
    """Returns an input like `tensor`; with `size`, of that height and width."""
    shape = tensor.shape if size is None else (tensor.shape[0], *size, tensor.shape[-1])
    return keras.Input(batch_shape=shape, dtype=tensor.dtype, name=tensor.name)


def flatten(model: keras.Model, free_size: int = 256) -> keras.Model:
    """Returns `model` itself if it is flat and its image size is fixed, else a rebuilt one.

    Args:
        model: Functional or Sequential model with one input and one output.
        free_size: Height and width, in pixels, that stand in for dimensions left open.

    Raises:
        ValueError: If there is no graph to read, or more than one input or output.
    """
    functional = _chainable(model)
    entry = functional.inputs[0]
    is_open = len(entry.shape) == 4 and None in entry.shape[1:3]
    if not is_open and not any(as_functional(call.operation) for call in calls(functional)):
        return functional
    inputs = fresh_input(entry, (free_size, free_size) if is_open else None)
    return keras.Model(inputs, tree.flatten(replay(functional, inputs))[0], name=model.name)


def leaf_layers(model: keras.Model) -> Iterator[keras.Layer]:
    """Yields the layers that hold weights or act, each once, models looked through."""
    seen: set[int] = set()
    for call in calls(model):
        inner = as_functional(call.operation)
        for layer in leaf_layers(inner) if inner else [call.operation]:
            if isinstance(layer, keras.Layer) and id(layer) not in seen:
                seen.add(id(layer))
                yield layer


class _Memory:
    """What is known about a model; lives and dies with it, and is no part of what is saved."""

    def __init__(self) -> None:
        self.facts: dict[Any, Any] = {}


def remember(model: keras.Model, key: Hashable, make: Callable[[], Value]) -> Value:
    """Returns what `make()` gave the first time it was asked for `key` of `model`.

    Each model that is built over shared layers leaves a node behind in them, so that what can
    be read off a graph once should not be built twice.
    """
    memory = model.__dict__.get("_keras_tl_memory")
    if memory is None:
        memory = _Memory()
        object.__setattr__(model, "_keras_tl_memory", memory)
    if key not in memory.facts:
        memory.facts[key] = make()
    return memory.facts[key]


def parts(layer: keras.Layer) -> Iterator[keras.Layer]:
    """Yields `layer` and the layers that it is made of."""
    yield from layer._flatten_layers()


def own_weights(part: keras.Layer) -> tuple[list[keras.Variable], list[keras.Variable]]:
    """Returns the weights that gradients can train and the others, inner layers' left out.

    Unlike `trainable_weights` this does not depend on any `trainable` flag.
    """
    return list(part._trainable_variables), list(part._non_trainable_variables)


def compile_arguments(model: keras.Model) -> dict[str, Any]:
    """Returns what a model was compiled with, the objects themselves."""
    return dict(model._compile_config.config)


def random_states(model: keras.Model) -> list[keras.Variable]:
    """Returns the state of each random generator that the layers of `model` hold."""
    layers = model._flatten_layers(include_self=False)
    return [seed.state for layer in layers for seed in getattr(layer, "_seed_generators", ())]


def _single(tensors: list[Any]) -> Any:
    return tensors[0] if len(tensors) == 1 else tensors


def _depth_first(tensors: list[KerasTensor], entries: set[int]) -> list[Any]:
    """Returns the nodes behind `tensors`, each after the nodes that it depends on."""
    ordered: dict[Any, None] = {}
    waiting = [(_node(tensor), False) for tensor in reversed(tensors)]
    while waiting:
        node, is_ready = waiting.pop()
        if node in ordered:
            continue
        if is_ready:
            ordered[node] = None
            continue
        waiting.append((node, True))
        parents = [_node(t) for t in node.input_tensors if id(t) not in entries]
        waiting.extend((parent, False) for parent in reversed(parents))
    return list(ordered)


def _node(tensor: KerasTensor) -> Any:
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


def _chainable(model: keras.Model) -> Any:
    functional = as_functional(model)
    if functional is None:
        raise ValueError(
            "`model` must be a Functional or built Sequential model, whose graph can be read. "
            f"Received: model={model!r} of type {type(model).__name__}"
        )
    if len(functional.inputs) != 1 or len(functional.outputs) != 1:
        raise ValueError(
            "`model` must have one input and one output to be a chain of stages. "
            f"Received: model={model.name!r} with {len(functional.inputs)} inputs and "
            f"{len(functional.outputs)} outputs"
        )
    return functional
