"""Which backbone, boundary, recipe, image size, augmentation and balance, before any training."""

from collections.abc import Mapping, Sequence

import keras

from keras_tl.caching.cache_argument import CacheLike, as_cache
from keras_tl.data.dataset import Data
from keras_tl.evaluation.advising.advice import Advice
from keras_tl.evaluation.advising.available_backbones import (
    AvailableBackbones,
    available_backbones,
    native_side,
    said_of_weights,
)
from keras_tl.evaluation.advising.evidence import (
    Evidence,
    best_of_each,
    few_of,
    gather,
    picture_side,
)
from keras_tl.evaluation.advising.facts import DataFacts, Facts, data_facts
from keras_tl.evaluation.advising.rule import heard
from keras_tl.evaluation.advising.rules import COMPARISON, RULES
from keras_tl.foundation.checks import at_least
from keras_tl.models.backbone_arguments import BackbonesLike, WeightsLike
from keras_tl.models.weights.glyphs import GLYPHS
from keras_tl.structure.chain import HEAD, chain
from keras_tl.structure.graph import leaf_layers


def recommend(
    data: Data,
    backbones: BackbonesLike | None = None,
    *,
    weights: WeightsLike | Mapping[str, WeightsLike] = "imagenet",
    boundaries: str | Sequence[str] | None = None,
    images: int = 2000,
    download: bool = False,
    cache: CacheLike = None,
    seed: int = 0,
    verbose: str | int = "auto",
) -> Advice:
    """Recommends what to build and how to train it, each with its reason.

    Backbones are compared by `rank_backbones`: by kNN, and with hundreds of validation images by a
    linear probe on cached features. The best is recommended; of boundaries that are equal within a
    point the one that costs least. The same network with random weights, and the pixels themselves,
    tell how near the source is. A table of rules (`evaluation/advising/rules.py`) does the rest;
    the advice says which of them spoke, and where each reason comes from. The test split is never
    looked at.

    Features are averaged over places, pixels are not: where position matters, as with centred
    digits, pixels may seem to do as well although a flattened map would be better. `check_transfer`
    settles it.

    Args:
        data: Data with one label an image, at the image size that is thought of.
        backbones: As in `rank_backbones`. By default those whose ImageNet weights lie in Keras's
            cache, and the glyphs that the package carries.
        weights: For backbones by name, as in `rank_backbones`.
        boundaries: As in `rank_backbones`; by default the end of each stage, where the data can
            tell.
        images: Training images that are looked at, about, and as many of validation; of larger
            classes fewer are taken.
        download: Whether ImageNet weights that are not at hand are fetched; else such backbones are
            left out, and named.
        cache: As in `rank_backbones`.
        seed: Seed of random weights.
        verbose: `"auto"` or 1 shows progress bars, 0 nothing.

    Returns:
        Advice: prints as text, `.recipe`, `.data_options` and `.build(data)` follow it.

    Raises:
        ValueError: If no backbone is at hand, or as for `rank_backbones`.
    """
    at_least("images", images, 1)
    side = min(data.image_size)
    available = available_backbones(backbones, weights, side=side, download=download)
    known = data_facts(data, picture_side(data.train))
    (compared,) = heard([rule for rule in RULES if rule.about == COMPARISON], known)
    evidence = gather(
        few_of(data, images),
        available,
        by=compared.sets["by"],
        boundaries=boundaries or compared.sets.get("boundaries", "stage"),
        cache=as_cache(cache),
        seed=seed,
        verbose=verbose,
    )
    facts = _facts(known, available, evidence)
    name = evidence.chosen.backbone
    return Advice(
        facts=facts,
        spoken=tuple(heard(RULES, facts)),
        ranking=evidence.ranking,
        backbone=available.backbones[name],
        weights=available.weights[name],
    )


def _facts(known: DataFacts, available: AvailableBackbones, evidence: Evidence) -> Facts:
    ranking, chosen, by = evidence.ranking, evidence.chosen, evidence.ranking.by
    name = chosen.backbone
    backbone, weights = available.backbones[name], available.weights[name]
    whole = sum(s.multiply_adds for s in chain(evidence.classifier) if s.name != HEAD)
    at_end = [r for r in ranking.rows if r.backbone == name and r.multiply_adds == whole]
    others = best_of_each(ranking).items()
    looked_at = "validation_images" if by == "linear_probe" else "train_images"
    return Facts(
        **vars(known),
        backbone=name,
        weights=said_of_weights(backbone, weights),
        boundary=chosen.boundary,
        saved=1.0 - chosen.multiply_adds / whole if whole else 0.0,
        pooling=GLYPHS.pooling if weights == "glyphs" else None,
        native_side=native_side(backbone, weights),
        stride=_stride(evidence.classifier, known.side),
        batch_norms=_batch_norms(evidence.classifier),
        by=by,
        score=chosen.scores[by],
        last_score=at_end[0].scores[by] if at_end else None,
        others=tuple((other, row.scores[by]) for other, row in others if other != name),
        random_score=evidence.random_score,
        pixel_score=evidence.pixel_score,
        scored_images=getattr(ranking, looked_at),
        probe=chosen.scores.get("linear_probe"),
        missing=available.missing,
    )


def _stride(classifier: keras.Model, side: int) -> int:
    """Returns how many pixels of the image lie beside each other for one place of the last map."""
    pooled = [layer.input for layer in classifier.layers if layer.name == "head_average"]
    return round(side / min(pooled[0].shape[1:3])) if pooled else side


def _batch_norms(classifier: keras.Model) -> int:
    norm = keras.layers.BatchNormalization
    return sum(isinstance(layer, norm) for layer in leaf_layers(classifier))
