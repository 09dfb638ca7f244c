"""A classifier as an ONNX graph, in ways around what tf2onnx alone gets wrong.

- Constants that a graph captures (the moments of EfficientNet's normalisation) would become inputs
  of the file: the graph is frozen with `images` as its only input.
- There is no `Erfc` in ONNX (the exact GELU of ConvNeXt): it is one minus `Erf`.
"""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keras_tl.serving.export_error import ExportError

OPSET = 17


def write_onnx(traced: Any, path: Path) -> None:
    """Writes a traced model as an ONNX file.

    Raises:
        ExportError: If ONNX has no operation for something in the model.
    """
    import onnx

    try:
        proto = to_onnx(traced)
        onnx.checker.check_model(proto)
    except Exception as error:
        reason = str(error).splitlines()[0][:300]
        raise ExportError(f"The model cannot be converted to ONNX: {reason}") from error
    onnx.save(proto, path)


def to_onnx(traced: Any) -> Any:
    """Returns the `onnx.ModelProto` of a traced model, from `images` to `probabilities`."""
    import tf2onnx

    given, answered = traced.inputs[0].name, traced.outputs[0].name
    with _quiet():
        proto, _ = tf2onnx.convert.from_graph_def(
            tf2onnx.tf_loader.from_function(traced, [given], [answered]),
            input_names=[given],
            output_names=[answered],
            opset=OPSET,
            custom_op_handlers={"Erfc": (_erfc, [])},
            tensors_to_rename={given: "images", answered: "probabilities"},
        )
    _name_batches(proto)
    return proto


def _erfc(context: Any, node: Any, name: str, _: Any) -> None:
    """Replaces a node `Erfc` by `1 - Erf`; tf2onnx calls it."""
    import numpy as np

    operand, result = node.input[0], node.output[0]
    kinds = {"dtypes": [context.get_dtype(result)], "shapes": [context.get_shape(result)]}
    context.remove_node(node.name)
    one = context.make_const(f"{name}_one", np.float32(1.0))
    erf = context.make_node("Erf", [operand], **kinds)
    context.make_node("Sub", [one.output[0], erf.output[0]], outputs=[result], name=name, **kinds)


def _name_batches(proto: Any) -> None:
    for end in (*proto.graph.input, *proto.graph.output):
        end.type.tensor_type.shape.dim[0].dim_param = "batch"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the log of the conversion, which says failed of what was done another way."""
    loggers = [logging.getLogger(name) for name in ("tf2onnx", "tensorflow")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
