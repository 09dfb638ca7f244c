"""A model as a chain of stages: where it can be frozen, cut, cached and compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import keras

from keras_tl.foundation.checks import one_of, suggestion
from keras_tl.foundation.tables import as_text, count, size, table
from keras_tl.structure import boundaries, graph
from keras_tl.structure.blocks import find_blocks, find_stages
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.cost import multiply_adds

GRANULARITIES = ("stage", "block")
HEAD = "head"

Granularity = str | tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """One piece of the chain.

    Attributes:
        name: Its position: `stage1`, `stage3.block2` or `head`.
        layers: Its layers, in order; raw operations are not among them.
        parameters: Number of its weights, BatchNorm moments included.
        multiply_adds: Multiply-adds of its kernels for one image.
        boundary: What comes out of it.
    """

    name: str
    layers: tuple[keras.Layer, ...] = field(compare=False, repr=False)
    parameters: int
    multiply_adds: int
    boundary: Boundary


@dataclass(frozen=True, eq=False)
class Chain(Sequence[Stage]):
    """The stages of a model, in order; the head, if there is one, is the last.

    A pure function of the model's graph: a model saved and loaded again has an equal chain.

    Attributes:
        model: The flat functional model that was read: the caller's own, or one over the same
            layers if that one was nested or open in size.
        granularity: `"stage"`, `"block"`, or the layers that were cut after.
        stages: The pieces.
    """

    model: keras.Model
    granularity: Granularity
    stages: tuple[Stage, ...]
    _splits: dict[int, tuple[keras.Model, keras.Model]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.stages)

    def __iter__(self) -> Iterator[Stage]:
        return iter(self.stages)

    def __getitem__(self, index: Any) -> Any:
        return self.stages[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Chain) and self.stages == other.stages

    def __hash__(self) -> int:
        return hash(self.stages)

    @property
    def names(self) -> list[str]:
        """Names of the stages, in order."""
        return [stage.name for stage in self.stages]

    @property
    def has_head(self) -> bool:
        """Whether the last stage is a head."""
        return self.stages[-1].name == HEAD

    def index(self, depth: int | float | str) -> int:  # type: ignore[override]
        """Returns how many stages lie before `depth`.

        Args:
            depth: Number of stages, negative counted from the end; a fraction of the stages
                before the head; or the name of the first stage that comes after.

        Raises:
            ValueError: If there is no such place; it names the stages.
        """
        if isinstance(depth, str):
            if depth not in self.names:
                raise ValueError(self._no_such(depth, suggestion(depth, self.names)))
            return self.names.index(depth)
        if isinstance(depth, float):
            if not 0.0 <= depth <= 1.0:
                raise ValueError(self._no_such(depth, " A fraction lies between 0.0 and 1.0."))
            return round(depth * (len(self) - self.has_head))
        if not -len(self) <= depth <= len(self):
            raise ValueError(self._no_such(depth, f" There are {len(self)} stages."))
        return depth + len(self) if depth < 0 else depth

    def split(self, k: int | float | str) -> tuple[keras.Model, keras.Model]:
        """Returns the first `k` stages and the others as two models over the same layers.

        Running one after the other is running the model. Both are built once and remembered.

        Args:
            k: As for `index`; at least one stage must lie on either side.

        Returns:
            `(prefix, suffix)`. Where the boundary is a pair of tensors, the prefix has two
            outputs and the suffix two inputs.

        Raises:
            ValueError: If one side would be empty.
        """
        count_before = self.index(k)
        if not 0 < count_before < len(self):
            raise ValueError(self._no_such(k, " Both sides of a split need at least one stage."))
        if count_before not in self._splits:
            self._splits[count_before] = self._cut(count_before)
        return self._splits[count_before]

    def table(self) -> str:
        """Returns the chain as a table: what each stage holds, costs and gives out."""
        total = sum(stage.multiply_adds for stage in self) or 1
        columns = ("stage", "layers#", "parameters#", "multiply-adds#", "output", "bytes/image#")
        rows = [
            (
                stage.name,
                len(stage.layers),
                count(stage.parameters),
                f"{stage.multiply_adds / total:.1%}",
                " + ".join("x".join(map(str, shape)) for shape in stage.boundary.shapes),
                size(stage.boundary.bytes),
            )
            for stage in self
        ]
        return as_text(table(columns, rows))

    def _cut(self, k: int) -> tuple[keras.Model, keras.Model]:
        middle, order = self.stages[k - 1].boundary, graph.calls(self.model)
        before, after = order[: middle.position], order[middle.position :]
        prefix = graph.section(before, self.model.inputs, middle.tensors, "prefix")
        return prefix, graph.section(after, middle.tensors, self.model.outputs, "suffix")

    def _no_such(self, depth: object, hint: str) -> str:
        return (
            f"`depth` must be a place in the chain of {self.model.name!r}, whose stages are "
            f"{', '.join(self.names)}. Received: depth={depth!r}.{hint}"
        )


def chain(
    model: keras.Model, granularity: Granularity = "stage", *, head: str | None = None
) -> Chain:
    """Returns the chain of stages that a model is.

    Args:
        model: Functional or Sequential model with one input and one output. Models called inside
            it are looked through. An open image size is read as 256 pixels.
        granularity: `"stage"`, a resolution level; `"block"`, a residual unit; or the names of the
            layers to cut after, which give `stage1`, `stage2` and so on.
        head: Name of the layer the head begins with. By default it begins after the last global
            pooling or flatten; a model without one is a bare backbone without a head.

    Returns:
        The chain. The same model gives the same object.

    Raises:
        ValueError: If the graph cannot be read, has no layer called `head`, or cannot be cut
            after a layer that is named.
    """
    if isinstance(granularity, str):
        one_of("granularity", granularity, GRANULARITIES)
    else:
        granularity = tuple(granularity)
    return graph.remember(
        model, ("chain", granularity, head), lambda: _read(model, granularity, head)
    )


def end_of(model: keras.Model, boundary: str) -> Boundary:
    """Returns what comes out of a stage or a block.

    Args:
        model: As for `chain`.
        boundary: Name of the stage or block, such as `"stage4"` or `"stage3.block2"`.

    Raises:
        ValueError: If there is none of that name; it lists those that there are.
    """
    pieces = chain(model, "block" if "." in boundary else "stage")
    one_of("boundary", boundary, pieces.names)
    return pieces[pieces.names.index(boundary)].boundary


def _read(model: keras.Model, granularity: Granularity, head: str | None) -> Chain:
    flat = graph.remember(model, "flat", lambda: graph.flatten(model))
    cuts = boundaries.find(flat)
    start = boundaries.head_start(flat, cuts) if head is None else _cut_before(flat, cuts, head)
    body = cuts if start is None else cuts[: start + 1]
    named = _named_ends(flat, body, granularity)
    if start is not None:
        named.append((HEAD, cuts[-1]))
    return Chain(flat, granularity, _stages(flat, named))


def _named_ends(
    flat: keras.Model, body: list[Boundary], granularity: Granularity
) -> list[tuple[str, Boundary]]:
    """Returns the name of each stage of the body and the boundary that it ends at."""
    if not isinstance(granularity, str):
        ends = [*_cuts_after(flat, body, granularity), body[-1]]
        return [(f"stage{i}", end) for i, end in enumerate(ends, 1)]
    blocks = find_blocks(body, boundaries.pieces(flat, body))
    stages = find_stages(blocks, body)
    if granularity == "stage":
        return [(f"stage{i}", body[stage[-1].last]) for i, stage in enumerate(stages, 1)]
    return [
        (f"stage{i}.block{j}", body[block.last])
        for i, stage in enumerate(stages, 1)
        for j, block in enumerate(stage, 1)
    ]


def _stages(flat: keras.Model, named: list[tuple[str, Boundary]]) -> tuple[Stage, ...]:
    order = graph.calls(flat)
    positions = [0, *(end.position for _, end in named)]
    return tuple(
        _stage(name, order[before:after], end)
        for (name, end), (before, after) in zip(named, pairwise(positions), strict=True)
    )


def _stage(name: str, calls: Sequence[graph.Call], end: Boundary) -> Stage:
    found = {id(c.operation): c.operation for c in calls if isinstance(c.operation, keras.Layer)}
    layers = tuple(found.values())
    parameters = sum(layer.count_params() for layer in layers)
    return Stage(name, layers, parameters, sum(map(multiply_adds, calls)), end)


def _cuts_after(flat: keras.Model, body: list[Boundary], layers: tuple[str, ...]) -> list[Boundary]:
    """Returns the boundaries after the named layers, in the order of the graph."""
    order = graph.calls(flat)
    after = {order[cut.position - 1].operation.name: cut for cut in body[1:-1]}
    for layer in layers:
        if layer not in after:
            raise ValueError(
                f"`granularity` must name layers of {flat.name!r} after which one tensor "
                f"separates input from output. Received: {layer!r}.{suggestion(layer, after)}"
            )
    return sorted((after[layer] for layer in layers), key=lambda cut: cut.position)


def _cut_before(flat: keras.Model, cuts: list[Boundary], layer: str) -> int:
    names = [call.operation.name for call in graph.calls(flat)]
    if layer not in names:
        raise ValueError(
            f"`head` must be the name of a layer of {flat.name!r}. "
            f"Received: head={layer!r}.{suggestion(layer, names)}"
        )
    position = names.index(layer)
    return max(i for i, cut in enumerate(cuts) if cut.position <= position)
