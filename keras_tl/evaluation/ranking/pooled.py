"""What comes out at every boundary of a backbone, averaged over height and width."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import keras
from keras import KerasTensor

from keras_tl.models.heads import ClassProbabilities
from keras_tl.structure import graph
from keras_tl.structure.boundaries import Boundary, boundary
from keras_tl.structure.chain import HEAD, chain


@dataclass(frozen=True, eq=False)
class PooledBackbone:
    """A backbone whose boundaries are pooled, for a feature cache.

    Attributes:
        model: From images to all pooled boundaries side by side.
        ends: For each block by name, such as `"stage3.block2"`, its end as a boundary of `model`:
            one vector, with a number for each channel.
        multiply_adds: For each block, those of one image up to its end.
        source: The probabilities of the head that came with the backbone, if there is one.
    """

    model: keras.Model
    ends: dict[str, Boundary]
    multiply_adds: dict[str, int]
    source: Boundary | None = None

    @property
    def last(self) -> str:
        """Name of the last block."""
        return list(self.ends)[-1]


def pool_boundaries(
    classifier: keras.Model, source_head: keras.Model | None = None
) -> PooledBackbone:
    """Pools all boundaries of a classifier's backbone.

    What a feature cache stores is then a vector in the place of each map, computed in one pass.

    Args:
        classifier: Model from `build_classifier`; its head is left out.
        source_head: Head of `own_head`, if its probabilities are wanted.
    """
    blocks = chain(classifier, "block")
    body = [stage for stage in blocks if stage.name != HEAD]
    vectors = [_pooled(stage.boundary.tensors) for stage in body]
    if source_head is not None:
        vectors.append(graph.replay(source_head, body[-1].boundary.tensors[0]))
    model = keras.Model(blocks.model.inputs, keras.ops.concatenate(vectors, axis=-1))
    ends = _boundaries(model, vectors)
    source = None if source_head is None else ends.pop()
    names = [stage.name for stage in body]
    work = accumulate(stage.multiply_adds for stage in body)
    return PooledBackbone(
        model,
        dict(zip(names, ends, strict=True)),
        dict(zip(names, work, strict=True)),
        source,
    )


def own_head(model: keras.Model) -> keras.Model | None:
    """Returns the head of a functional model if its output is that of a softmax."""
    stages = chain(model)
    has_one = stages.has_head and _ends_in_softmax(stages.model)
    return stages.split(-1)[1] if has_one else None


def _ends_in_softmax(model: keras.Model) -> bool:
    last = graph.calls(model)[-1].operation
    if isinstance(last, ClassProbabilities):
        return not last.multi_label
    is_softmax = getattr(last, "activation", None) is keras.activations.softmax
    return is_softmax or isinstance(last, keras.layers.Softmax)


def _pooled(tensors: Sequence[KerasTensor]) -> KerasTensor:
    """Returns the mean of each channel, `(batch, channels)`; those of a pair side by side."""
    spatial = [tuple(range(1, len(tensor.shape) - 1)) for tensor in tensors]
    means = [
        keras.ops.mean(tensor, axis=axes) if axes else tensor
        for tensor, axes in zip(tensors, spatial, strict=True)
    ]
    return means[0] if len(means) == 1 else keras.ops.concatenate(means, axis=-1)


def _boundaries(model: keras.Model, vectors: Sequence[KerasTensor]) -> list[Boundary]:
    """Returns the place in `model` at which each of the vectors has been computed."""
    made = {id(t): i for i, call in enumerate(graph.calls(model), 1) for t in call.outputs}
    return [boundary(made[id(vector)], [vector]) for vector in vectors]
