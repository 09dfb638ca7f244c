"""From cuts to blocks to stages: which boundaries people would freeze at.

A graph has many more cuts than blocks: every layer of a plain chain is one. These rules keep the
boundaries at which a network repeats itself, without a table of architectures:

- A block is complete once its channels have been mixed by a kernel or branches were merged.
  A depthwise convolution or a squeeze-and-excitation gate alone does not complete it.
- Activations, pooling and dropout belong to the block before, padding to the kernel after it.
- A normalisation that follows a kernel belongs to the block before; one that follows a merge or a
  pooling opens the next block, as in pre-activation networks.
- Where a plain chain bulges (the wide inside of an inverted bottleneck) nobody would cut.

A stage is a run of blocks of one output stride.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import keras

from keras_tl.structure.boundaries import Boundary, is_gate, is_merge
from keras_tl.structure.graph import Call

NORMS = (
    keras.layers.BatchNormalization,
    keras.layers.GroupNormalization,
    keras.layers.LayerNormalization,
    keras.layers.RMSNormalization,
)


@dataclass(frozen=True)
class Block:
    """A run of pieces.

    Attributes:
        first: Index of the boundary it begins at.
        last: Index of the boundary it ends at.
        core: Index of the boundary after its last kernel or merge, before the tail.
        ends_merged: Whether its last weighted piece ends in a merge.
    """

    first: int
    last: int
    core: int
    ends_merged: bool


def find_blocks(cuts: Sequence[Boundary], pieces: Sequence[Sequence[Call]]) -> list[Block]:
    """Returns the blocks of the pieces between `cuts`."""
    starts = _starts(cuts, pieces)
    ends = [*starts[1:], len(pieces)]
    blocks = [_block(a, b, pieces) for a, b in zip(starts, ends, strict=True)]
    return _without_bulges(blocks, cuts)


def find_stages(blocks: Sequence[Block], cuts: Sequence[Boundary]) -> list[list[Block]]:
    """Returns the blocks grouped by output stride, a power of two."""
    stages: list[list[Block]] = []
    level = None
    for block in blocks:
        found = _stride_exponent(cuts[0], cuts[block.core])
        is_new = found is not None and found != level
        if not stages or is_new:
            stages.append([])
        stages[-1].append(block)
        level = found if found is not None else level
    return stages


def _starts(cuts: Sequence[Boundary], pieces: Sequence[Sequence[Call]]) -> list[int]:
    """Returns the index of the piece with which each block begins."""
    starts, is_complete, event = [0], False, "input"
    for i, piece in enumerate(pieces):
        if _has_kernel(piece):
            if is_complete:
                starts.append(_before_padding(i, cuts))
            is_complete = _mixes(piece)
            event = "merge" if is_merge(piece[-1]) else "kernel"
        elif _has_norm(piece):
            if is_complete and event in ("merge", "pooling"):
                starts.append(i)
                is_complete, event = False, "norm"
        elif is_merge(piece[-1]):
            event = "merge"
        elif _shrinks(cuts[i], cuts[i + 1]):
            event = "pooling"
    if not is_complete and len(starts) > 1:
        starts.pop()
    return starts


def _before_padding(start: int, cuts: Sequence[Boundary]) -> int:
    """Moves the start of a block before the padding in front of it."""
    while (cuts[start].height or 0) > (cuts[start - 1].height or 0) > 0:
        start -= 1
    return start


def _block(start: int, end: int, pieces: Sequence[Sequence[Call]]) -> Block:
    active = [i for i in range(start, end) if _has_kernel(pieces[i]) or is_merge(pieces[i][-1])]
    core = active[-1] if active else end - 1
    return Block(start, end, core + 1, is_merge(pieces[core][-1]))


def _without_bulges(blocks: list[Block], cuts: Sequence[Boundary]) -> list[Block]:
    """Joins each block that ends wide with the next one, as long as there is one."""
    for i in range(len(blocks) - 2, 0, -1):
        before, here, after = (cuts[blocks[j].core].channels for j in (i - 1, i, i + 1))
        if not blocks[i].ends_merged and here >= before and here > after:
            a, b = blocks[i], blocks[i + 1]
            joined = [*blocks[:i], Block(a.first, b.last, b.core, b.ends_merged), *blocks[i + 2 :]]
            return _without_bulges(joined, cuts)
    return blocks


def _has_kernel(piece: Sequence[Call]) -> bool:
    return any(call.weights and not _is_norm(call) for call in piece)


def _has_norm(piece: Sequence[Call]) -> bool:
    return any(isinstance(call.operation, NORMS) for call in piece)


def _is_norm(call: Call) -> bool:
    return isinstance(call.operation, (*NORMS, keras.layers.Normalization))


def _mixes(piece: Sequence[Call]) -> bool:
    """Tells whether the piece mixes channels: more than a depthwise kernel or a gate."""
    depthwise = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
    kernels = [call for call in piece if call.weights and not _is_norm(call)]
    is_depthwise = all(isinstance(call.operation, depthwise) for call in kernels)
    return is_merge(piece[-1]) or not (is_depthwise or is_gate(piece[-1]))


def _shrinks(before: Boundary, after: Boundary) -> bool:
    return before.height is not None and (after.height or 0) < before.height


def _stride_exponent(entry: Boundary, here: Boundary) -> int | None:
    if not entry.height or not here.height:
        return None
    return round(math.log2(entry.height / here.height))
