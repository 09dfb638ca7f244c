"""The boundaries that an argument `boundaries` means."""

from collections.abc import Sequence

from keras_tl.foundation.checks import suggestion

GRANULARITIES = ("stage", "block", "last")


def chosen_boundaries(
    backbone: str, blocks: Sequence[str], boundaries: str | Sequence[str]
) -> dict[str, str]:
    """Returns the boundaries that are meant, by name, with the block that each ends.

    Args:
        backbone: Its name, for the error.
        blocks: Names of its blocks, in order.
        boundaries: `"stage"`, `"block"`, `"last"`, or names of stages and blocks.

    Raises:
        ValueError: If the backbone has no such boundary; it names those that it has.
    """
    stages = {block.split(".")[0]: block for block in blocks}
    if boundaries == "stage":
        return stages
    if boundaries == "block":
        return dict(zip(blocks, blocks, strict=True))
    if boundaries == "last":
        return dict([list(stages.items())[-1]])
    known = {**stages, **dict(zip(blocks, blocks, strict=True))}
    wanted = [boundaries] if isinstance(boundaries, str) else list(boundaries)
    for boundary in wanted or [""]:
        if boundary not in known:
            raise ValueError(
                f"`boundaries` must be {', '.join(map(repr, GRANULARITIES))}, or names of stages "
                f"or blocks of {backbone!r}, which are {', '.join(known)}. Received: "
                f"boundaries={boundaries!r}.{suggestion(boundary, [*GRANULARITIES, *known])}"
            )
    return {boundary: known[boundary] for boundary in wanted}
