"""What the arguments `backbone`, `backbones` and `weights` may be, and what is meant by them."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import keras

from keras_tl.foundation.checks import known_keys
from keras_tl.models.backbones import find_backbone
from keras_tl.models.card import read_model

BackboneLike: TypeAlias = str | os.PathLike[str] | keras.Model
"""A name in `keras.applications`, the path of a `.keras` file, or a model."""

BackbonesLike: TypeAlias = BackboneLike | Sequence[BackboneLike] | Mapping[str, BackboneLike]
"""One backbone, several, or several by names that a user gives them."""

WeightsLike: TypeAlias = str | os.PathLike[str] | None
"""`"imagenet"`, `"glyphs"`, a weights file, or None for random ones."""


def named_backbones(backbones: BackbonesLike) -> dict[str, BackboneLike]:
    """Returns backbones by name.

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
    for _, backbone in found:
        if not isinstance(backbone, keras.Model) and not _is_file(backbone):
            find_backbone(str(backbone))
    return dict(found)


def with_names(backbones: BackbonesLike) -> list[tuple[str, BackboneLike]]:
    """Returns pairs of a name and a backbone: a mapping's names, else those of their own."""
    if isinstance(backbones, Mapping):
        return [(str(name), backbone) for name, backbone in backbones.items()]
    return [(backbone_name(backbone), backbone) for backbone in _several(backbones)]


def backbone_name(backbone: BackboneLike) -> str:
    """Returns what a backbone is called where nobody has named it; of a file, its stem."""
    if isinstance(backbone, keras.Model):
        return backbone.name
    return Path(backbone).stem if _is_file(backbone) else str(backbone)


def loaded_backbone(backbone: BackboneLike) -> BackboneLike:
    """Returns the model in a `.keras` file; a name or a model as it is."""
    if isinstance(backbone, keras.Model) or not _is_file(backbone):
        return backbone
    return read_model(backbone)


def weights_by_name(
    weights: WeightsLike | Mapping[str, WeightsLike], names: Sequence[str]
) -> dict[str, WeightsLike]:
    """Returns the weights of each backbone; those that a mapping leaves out have ImageNet's.

    Raises:
        ValueError: If a mapping holds another name.
    """
    if not isinstance(weights, Mapping):
        return dict.fromkeys(names, weights)
    known_keys("weights", weights, names)
    return {name: weights.get(name, "imagenet") for name in names}


def _several(backbones: BackboneLike | Sequence[BackboneLike]) -> Sequence[BackboneLike]:
    if isinstance(backbones, (str, os.PathLike)):
        return [backbones]
    return [backbones] if isinstance(backbones, keras.Model) else backbones


def _is_file(backbone: str | os.PathLike[str]) -> bool:
    return Path(backbone).suffix == ".keras"
