"""Where in a model the feature map is taken that an explanation looks at."""

import keras

from keras_tl.foundation.checks import one_of
from keras_tl.structure import boundaries, graph
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.chain import HEAD, chain


def map_boundary(model: keras.Model, name: str | None = None) -> Boundary:
    """Returns the boundary of the last feature map before pooling, or in a stage or block.

    A map is what goes into a global pooling or a flatten, or leaves a block, and has more than one
    place: for small images that is before the last stage of some networks.

    Args:
        model: Classifier with one input and one output.
        name: Stage or block that the map is of, such as `"stage3"` or `"stage3.block2"`.

    Raises:
        ValueError: If there is no such stage or block, or it has no such map.
    """
    first, last = (0, None) if name is None else _extent(model, name)
    found = [
        cut
        for cut in _maps(model)
        if first < cut.position and (last is None or cut.position <= last)
    ]
    if found:
        return found[-1]
    where = model.name if name is None else f"{name!r} of {model.name}"
    raise ValueError(
        f"`boundary` must be a stage or block with a feature map of more than one place; {where} "
        f"has none. Received: boundary={name!r}. Give a larger image, name an earlier stage, or "
        "use method='occlusion' or 'integrated-gradients', which need no map."
    )


def stage_of(model: keras.Model, boundary: Boundary) -> str:
    """Returns the name of the stage that a boundary lies in, or ends."""
    return next(s.name for s in chain(model) if boundary.position <= s.boundary.position)


def _extent(model: keras.Model, name: str) -> tuple[int, int]:
    """Returns the positions at which a stage or block begins and ends."""
    pieces = chain(model, "block" if "." in name else "stage")
    one_of("boundary", name, [piece for piece in pieces.names if piece != HEAD])
    i = pieces.names.index(name)
    return pieces[i - 1].boundary.position if i else 0, pieces[i].boundary.position


def _maps(model: keras.Model) -> list[Boundary]:
    """Returns the boundaries at which a feature map may be taken, in order."""
    blocks = chain(model, "block")
    pools = {id(c.inputs[0]) for c in graph.calls(blocks.model) if boundaries.is_pool(c)}
    ends = {stage.boundary.position for stage in blocks}
    return [
        cut
        for cut in boundaries.find(blocks.model)[1:]
        if _places(cut) > 1 and (cut.position in ends or id(cut.tensors[-1]) in pools)
    ]


def _places(cut: Boundary) -> int:
    rows, columns = cut.shapes[-1][:2] if cut.height else (1, 1)
    return (rows or 1) * (columns or 1)
