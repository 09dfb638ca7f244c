"""The part of a model that ends in logits: what it computes before it makes probabilities."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_tl.models.heads import ClassProbabilities
from keras_tl.structure import graph
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.chain import chain
from keras_tl.structure.graph import Call
from keras_tl.structure.inference import in_inference

Copies = list[tuple[keras.Layer, keras.Layer]]

_PROBABILITIES = (keras.activations.softmax, keras.activations.sigmoid)


def logits_after(model: keras.Model, boundary: Boundary) -> keras.Model:
    """Returns the part of a classifier from a boundary to its logits, in inference mode.

    The logits are what goes into the softmax or sigmoid at the end of the model. Where that is the
    activation of a layer, a copy of the layer without it gives them, with the weights of now. A
    model that ends in neither is taken to give logits.

    Args:
        model: Classifier with one input and one output.
        boundary: One of its boundaries; the first takes in the whole model.

    Raises:
        ValueError: If the model does not give `(batch, classes)`.
    """
    whole = chain(model, "block").model
    if len(whole.outputs[0].shape) != 2:
        raise ValueError(
            "`model` must be a classifier, which gives `(batch, classes)`. Received: model="
            f"{model.name!r}, which gives {whole.outputs[0].shape}"
        )
    key = ("logits", boundary.position)
    section, copies = graph.remember(model, key, lambda: _section(whole, boundary))
    for copy, original in copies:
        copy.set_weights(original.get_weights())
    return section


def _section(whole: keras.Model, boundary: Boundary) -> tuple[keras.Model, Copies]:
    order = graph.calls(whole)[boundary.position :]
    deciding = _deciding_call(order)
    copies: Copies = []

    def visit(call: Call, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        if call is not deciding:
            return in_inference(call, arguments, options)
        if not hasattr(call.operation, "activation"):
            return arguments[0]
        copies.append((_without_activation(call.operation), call.operation))
        return copies[-1][0](*arguments, **options)

    return graph.section(order, boundary.tensors, whole.outputs, "to_logits", visit), copies


def _deciding_call(order: Sequence[Call]) -> Call | None:
    """Returns the call that makes probabilities, if the model ends in one."""
    for call in reversed(order):
        if _makes_probabilities(call.operation):
            return call
        if not _leaves_values(call.operation):
            return None
    return None


def _makes_probabilities(operation: keras.Operation) -> bool:
    is_function = type(operation).__name__ in ("Softmax", "Sigmoid")
    is_own = isinstance(operation, ClassProbabilities)
    return is_own or is_function or getattr(operation, "activation", None) in _PROBABILITIES


def _leaves_values(operation: keras.Operation) -> bool:
    """Tells whether what comes out is what goes in, perhaps in another shape or type."""
    is_linear = (
        isinstance(operation, keras.layers.Activation)
        and operation.activation is keras.activations.linear
    )
    shapes = (keras.layers.Flatten, keras.layers.Reshape, keras.layers.Identity)
    return is_linear or isinstance(operation, shapes)


def _without_activation(layer: keras.Layer) -> keras.Layer:
    return type(layer).from_config({**layer.get_config(), "activation": "linear"})
