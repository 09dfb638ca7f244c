"""What stored features depend on, as a digest: another value of any of it is another entry."""

import json
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import keras
from keras import KerasTensor, tree

from keras_tl.data.split import Split
from keras_tl.foundation.files import digest
from keras_tl.structure import graph
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.chain import chain
from keras_tl.structure.digests import digest_of_weights
from keras_tl.structure.graph import Call


def prefix_digests(model: keras.Model, boundaries: Sequence[Boundary]) -> list[str]:
    """Returns a digest of what is computed up to each boundary.

    It covers the graph, the configuration of its layers with their dtype policies, preprocessing
    among them, all weights, and the versions of Keras and its backend. Names of layers, which
    change from build to build, are left out.
    """
    flat = chain(model, "block").model
    order = graph.calls(flat)
    wording = _Wording(flat.inputs)
    calls = [digest_of_weights(call.weights, wording.add(call)) for call in order]
    return [
        digest(*calls[: b.position], *map(wording.tensor, b.tensors), _versions())
        for b in boundaries
    ]


def split_digest(split: Split) -> str:
    """Returns a digest of the images of a split, in order, and of how they are read.

    Views of an image follow from its number too.
    """
    how = [*split.pictures.size, split.pictures.policy]
    if split.augment is not None and split.views is not None:
        how += [split.views, split.augment.to_dict(), split.numbers.tolist()]
    return digest(json.dumps(how, sort_keys=True), *split.digests)


class _Wording:
    """Calls in words that say the same in every build: tensors by number, layers without names."""

    def __init__(self, inputs: Sequence[KerasTensor]) -> None:
        self.numbers = {id(tensor): number for number, tensor in enumerate(inputs)}
        self.shapes = [str((tuple(tensor.shape), tensor.dtype)) for tensor in inputs]

    def tensor(self, tensor: KerasTensor) -> str:
        """Returns the number of a tensor."""
        return f"tensor {self.numbers[id(tensor)]}"

    def add(self, call: Call) -> str:
        """Returns a call in words, and numbers the tensors that come out of it."""
        used = tree.map_structure(
            lambda value: self.tensor(value) if isinstance(value, KerasTensor) else value,
            call.arguments,
        )
        for tensor in call.outputs:
            self.numbers[id(tensor)] = len(self.numbers)
        kind = type(call.operation)
        said = [kind.__module__, kind.__name__, _nameless(call.operation.get_config()), used]
        dtypes = [tensor.dtype for tensor in call.outputs]
        return json.dumps([said, dtypes, self.shapes], sort_keys=True, default=_exactly)


def _nameless(config: Any) -> Any:
    """Returns a configuration without names, and without flags, which change no output.

    The name of a dtype policy is all that there is of it, and stays.
    """
    if isinstance(config, dict):
        passed = ("name", "trainable", "batch_shape")
        kept = {key: value for key, value in config.items() if key not in passed}
        return {k: str(v) if k == "dtype" else _nameless(v) for k, v in kept.items()}
    return [_nameless(value) for value in config] if isinstance(config, (list, tuple)) else config


def _exactly(value: Any) -> str:
    """Returns what is no JSON as text; of arrays, whose text leaves numbers out, a digest."""
    if not hasattr(value, "__array__"):
        return str(value)
    array = keras.ops.convert_to_numpy(value)
    return digest(array.tobytes(), array.dtype.str, str(array.shape))


def _versions() -> str:
    backend = keras.backend.backend()
    return f"keras {keras.__version__}, {backend} {metadata.version(backend)}"
