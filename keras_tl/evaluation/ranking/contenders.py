"""The backbones and boundaries that a ranking is asked for, by name."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import keras

from keras_tl.foundation.checks import known_keys, suggestion
from keras_tl.models.backbones import find_backbone
from keras_tl.models.card import read_model

Source: TypeAlias = str | os.PathLike[str] | keras.Model
Sources: TypeAlias = Source | Sequence[Source] | Mapping[str, Source]
Weights: TypeAlias = str | os.PathLike[str] | None

GRANULARITIES = ("stage", "block", "last")


def named(backbones: Sources) -> dict[str, Source]:
    """Returns backbones by the names that they have in a ranking.

    Raises:
        ValueError: If there is none, two have the same name, or a name is not known.
    """
    found = with_names(backbones)
    names = [name for name, _ in found]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            "`backbones` must be at least one backbone, no two of one name. "
            f"Received: {names}. Pass a mapping from names of your own to backbones."
        )
    for _, source in found:
        if not isinstance(source, keras.Model) and not _is_file(source):
            find_backbone(str(source))
    return dict(found)


def with_names(backbones: Sources) -> list[tuple[str, Source]]:
    """Returns pairs of a name and a backbone: a mapping's names, else those of their own."""
    if isinstance(backbones, Mapping):
        return [(str(name), source) for name, source in backbones.items()]
    return [(_name(source), source) for source in _several(backbones)]


def loaded(source: Source) -> Source:
    """Returns the model in a `.keras` file; a name or a model as it is."""
    if isinstance(source, keras.Model) or not _is_file(source):
        return source
    return read_model(source)


def weights_by_name(
    weights: Weights | Mapping[str, Weights], names: Sequence[str]
) -> dict[str, Weights]:
    """Returns the weights of each backbone; those that a mapping leaves out have ImageNet's.

    Raises:
        ValueError: If a mapping holds another name.
    """
    if not isinstance(weights, Mapping):
        return dict.fromkeys(names, weights)
    known_keys("weights", weights, names)
    return {name: weights.get(name, "imagenet") for name in names}


def chosen(backbone: str, blocks: Sequence[str], boundaries: str | Sequence[str]) -> dict[str, str]:
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


def _several(backbones: Source | Sequence[Source]) -> Sequence[Source]:
    if isinstance(backbones, (str, os.PathLike)):
        return [backbones]
    return [backbones] if isinstance(backbones, keras.Model) else backbones


def _name(source: Source) -> str:
    if isinstance(source, keras.Model):
        return source.name
    return Path(source).stem if _is_file(source) else str(source)


def _is_file(source: str | os.PathLike[str]) -> bool:
    return Path(source).suffix == ".keras"
