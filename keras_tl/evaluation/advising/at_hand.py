"""The backbones that can be looked at now, without anything being fetched."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from keras_tl.data.dataset import Data
from keras_tl.evaluation.ranking.contenders import (
    Source,
    Sources,
    Weights,
    loaded,
    named,
    weights_by_name,
)
from keras_tl.models.backbones import BACKBONES, has_imagenet_weights
from keras_tl.models.build import build_classifier
from keras_tl.models.weights.glyphs import GLYPHS

GLYPHS_NAME = "glyphs"


@dataclass(frozen=True, eq=False)
class AtHand:
    """Candidates by name.

    Attributes:
        sources: What `build_classifier` takes.
        weights: The weights of each.
        missing: Those that were left out, each with the reason.
    """

    sources: dict[str, Source]
    weights: dict[str, Weights]
    missing: tuple[str, ...]

    def build(self, name: str, data: Data, seed: int, **options: Any) -> keras.Model:
        """Builds a classifier on one of them."""
        source = loaded(self.sources[name])
        return build_classifier(source, data, weights=self.weights[name], seed=seed, **options)


def at_hand(
    backbones: Sources | None,
    weights: Weights | Mapping[str, Weights],
    *,
    side: int,
    download: bool,
) -> AtHand:
    """Returns the candidates that are at hand and take images of a size.

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
        return _all_at_hand(side)
    sources = named(backbones)
    weights_of = weights_by_name(weights, list(sources))
    why = {name: _why_not(source, weights_of[name], side, download) for name, source in
           sources.items()}  # fmt: skip
    found = AtHand(
        {name: source for name, source in sources.items() if not why[name]},
        {name: weight for name, weight in weights_of.items() if not why[name]},
        tuple(f"{name} ({reason})" for name, reason in why.items() if reason),
    )
    if not found.sources:
        raise ValueError(
            "`backbones` must name one that is at hand. Received: "
            f"{', '.join(found.missing)}. Pass `download=True`, or leave `backbones` out for those "
            "that are at hand."
        )
    return found


def _all_at_hand(side: int) -> AtHand:
    usable = [row.name for row in BACKBONES.values() if side >= row.smallest_size]
    cached = [name for name in usable if has_imagenet_weights(BACKBONES[name])]
    others = len(BACKBONES) - len(cached)
    reason = "their ImageNet weights are not at hand, or they take larger images"
    return AtHand(
        {**dict(zip(cached, cached, strict=True)), GLYPHS_NAME: GLYPHS.backbone},
        {**dict.fromkeys(cached, "imagenet"), GLYPHS_NAME: "glyphs"},
        (f"{others} backbones of keras.applications ({reason})",) if others else (),
    )


def _why_not(source: Source, weights: Weights, side: int, download: bool) -> str:
    """Says why a backbone cannot be looked at; nothing if it can."""
    row = None if isinstance(source, keras.Model) else BACKBONES.get(os.fspath(source))
    if row is None:
        return ""
    if side < row.smallest_size:
        return f"takes images of {row.smallest_size} px or more"
    is_there = weights != "imagenet" or has_imagenet_weights(row)
    return "" if is_there or download else "its weights are not at hand"


def native_side(source: Source, weights: Weights) -> int | None:
    """Returns the side of the images that a backbone learned on, in pixels; None if unknown."""
    found = loaded(source)
    if isinstance(found, keras.Model):
        return min((side for side in found.inputs[0].shape[1:3] if side), default=None)
    if weights == "glyphs":
        return GLYPHS.image_size
    return BACKBONES[str(found)].native_size if weights == "imagenet" else None


def said_of_weights(source: Source, weights: Weights) -> str:
    """Returns what to say of the weights of a backbone."""
    if isinstance(loaded(source), keras.Model):
        return "its own"
    return "none" if weights is None else str(weights)
