"""The backbones that can be looked at now, without anything being fetched."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from keras_tl.data.dataset import Data
from keras_tl.models.backbone_arguments import (
    BackboneLike,
    BackbonesLike,
    WeightsLike,
    loaded_backbone,
    named_backbones,
    weights_by_name,
)
from keras_tl.models.backbones import BACKBONES, has_imagenet_weights
from keras_tl.models.build import build_classifier
from keras_tl.models.weights.glyphs import GLYPHS

GLYPHS_NAME = "glyphs"


@dataclass(frozen=True, eq=False)
class AvailableBackbones:
    """Backbones that can be looked at, by name.

    Attributes:
        backbones: What `build_classifier` takes.
        weights: The weights of each.
        missing: Those that were left out, each with the reason.
    """

    backbones: dict[str, BackboneLike]
    weights: dict[str, WeightsLike]
    missing: tuple[str, ...]

    def build(self, name: str, data: Data, seed: int, **options: Any) -> keras.Model:
        """Builds a classifier on one of them."""
        backbone = loaded_backbone(self.backbones[name])
        return build_classifier(backbone, data, weights=self.weights[name], seed=seed, **options)


def available_backbones(
    backbones: BackbonesLike | None,
    weights: WeightsLike | Mapping[str, WeightsLike],
    *,
    side: int,
    download: bool,
) -> AvailableBackbones:
    """Returns the backbones that are at hand and take images of a size.

    Args:
        backbones: As in `rank_backbones`; None for every backbone whose ImageNet weights lie in
            Keras's cache, and the glyphs that the package carries.
        weights: As in `rank_backbones`.
        side: Shorter side of the images, in pixels.
        download: Whether ImageNet weights that are not at hand may be fetched.

    Raises:
        ValueError: If none is left.
    """
    if backbones is None:
        return _all_available(side)
    asked = named_backbones(backbones)
    weights_of = weights_by_name(weights, list(asked))
    why = {name: _why_not(backbone, weights_of[name], side, download) for name, backbone in
           asked.items()}  # fmt: skip
    found = AvailableBackbones(
        {name: backbone for name, backbone in asked.items() if not why[name]},
        {name: weight for name, weight in weights_of.items() if not why[name]},
        tuple(f"{name} ({reason})" for name, reason in why.items() if reason),
    )
    if not found.backbones:
        raise ValueError(
            "`backbones` must name one that is at hand. Received: "
            f"{', '.join(found.missing)}. Pass `download=True`, or leave `backbones` out for those "
            "that are at hand."
        )
    return found


def _all_available(side: int) -> AvailableBackbones:
    usable = [row.name for row in BACKBONES.values() if side >= row.smallest_size]
    cached = [name for name in usable if has_imagenet_weights(BACKBONES[name])]
    others = len(BACKBONES) - len(cached)
    reason = "their ImageNet weights are not at hand, or they take larger images"
    return AvailableBackbones(
        {**dict(zip(cached, cached, strict=True)), GLYPHS_NAME: GLYPHS.backbone},
        {**dict.fromkeys(cached, "imagenet"), GLYPHS_NAME: "glyphs"},
        (f"{others} backbones of keras.applications ({reason})",) if others else (),
    )


def _why_not(backbone: BackboneLike, weights: WeightsLike, side: int, download: bool) -> str:
    """Says why a backbone cannot be looked at; nothing if it can."""
    row = None if isinstance(backbone, keras.Model) else BACKBONES.get(os.fspath(backbone))
    if row is None:
        return ""
    if side < row.smallest_size:
        return f"takes images of {row.smallest_size} px or more"
    is_there = weights != "imagenet" or has_imagenet_weights(row)
    return "" if is_there or download else "its weights are not at hand"


def native_side(backbone: BackboneLike, weights: WeightsLike) -> int | None:
    """Returns the side of the images that a backbone learned on, in pixels; None if unknown."""
    found = loaded_backbone(backbone)
    if isinstance(found, keras.Model):
        return min((side for side in found.inputs[0].shape[1:3] if side), default=None)
    if weights == "glyphs":
        return GLYPHS.image_size
    return BACKBONES[str(found)].native_size if weights == "imagenet" else None


def said_of_weights(backbone: BackboneLike, weights: WeightsLike) -> str:
    """Returns what to say of the weights of a backbone."""
    if isinstance(loaded_backbone(backbone), keras.Model):
        return "its own"
    return "none" if weights is None else str(weights)
