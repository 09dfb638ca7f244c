"""Which backbone, and which boundary of it, to build on: known before anything is trained."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_tl.caching.cache_argument import CacheLike, as_cache
from keras_tl.data.dataset import Data
from keras_tl.evaluation.ranking.boundaries import chosen_boundaries
from keras_tl.evaluation.ranking.pooled import PooledBackbone, own_head, pool_boundaries
from keras_tl.evaluation.ranking.ranking import RankedBackbone, Ranking
from keras_tl.evaluation.ranking.samples import samples
from keras_tl.evaluation.ranking.transfer_scores import SCORES, measured
from keras_tl.foundation.checks import one_of
from keras_tl.foundation.progress import is_shown, track
from keras_tl.models.backbone_arguments import (
    BackboneLike,
    BackbonesLike,
    WeightsLike,
    loaded_backbone,
    named_backbones,
    weights_by_name,
)
from keras_tl.models.build import build_classifier


def rank_backbones(
    data: Data,
    backbones: BackbonesLike,
    *,
    weights: WeightsLike | Mapping[str, WeightsLike] = "imagenet",
    boundaries: str | Sequence[str] = "stage",
    by: str | None = None,
    scores: Sequence[str] = tuple(SCORES),
    backbone_options: Mapping[str, Any] | None = None,
    cache: CacheLike = None,
    seed: int = 0,
    verbose: str | int = "auto",
) -> Ranking:
    """Ranks backbones, and the boundaries at which they could end, without training any.

    What comes out at the boundaries of a backbone is computed in one pass over the images and
    averaged over height and width, as by `build_classifier(..., boundary=..., pooling="avg")`.

    - `"knn"` is the share of an image's nearest others in the training split that have its label.
    - `"logme"` and `"h_score"` look at the training split too. With few labels the H-score favours
      wide features.
    - `"linear_probe"` learns from the training split and is scored on the validation split; it is
      left out if that is empty. With hundreds of validation images it is the closest to what a head
      will reach; with tens, kNN and LogME are.
    - `"leep"` looks at what the softmax head that a model comes with says of the training split,
      and stands at the last boundary of such models. A head that was never trained says nothing.

    The test split is never looked at. Scores on other data do not compare.

    Args:
        data: Data with one label an image.
        backbones: One or several of what `build_classifier` takes: a name in
            `keras.applications`, a functional Keras model, the path of a `.keras` file. Or a
            mapping from names of your own to these.
        weights: For backbones by name, as in `build_classifier`; or a mapping from names in the
            ranking, in which those that are absent have `"imagenet"`.
        boundaries: `"stage"`, the end of each stage; `"block"`, of each block; `"last"`; or names
            such as `["stage3", "stage4.block2"]`.
        by: The score that orders the rows; by default the first of `scores`.
        scores: The scores to compute.
        backbone_options: For backbones by name: the constructor's own options.
        cache: A directory or a feature cache, in which the pooled features are kept and found the
            next time; by default in memory, until the ranking is done.
        seed: Seed of weights that are drawn.
        verbose: `"auto"` or 1 shows progress bars, 0 nothing.

    Returns:
        Table of backbones and boundaries, the best first.

    Raises:
        ValueError: If several labels may hold at once, fewer than two classes have training
            images, two backbones have one name, or a name, boundary or score is unknown.
        ConnectionError: If ImageNet weights are not at hand and cannot be fetched.
    """
    show = is_shown(verbose)
    wanted = _wanted([scores] if isinstance(scores, str) else list(scores), by, data)
    splits = [data.train, data.validation] if "linear_probe" in wanted else [data.train]
    asked = named_backbones(backbones)
    weights_of = weights_by_name(weights, list(asked))
    kept = as_cache(cache)
    rows: list[RankedBackbone] = []
    for name, backbone in asked.items():
        options = {"weights": weights_of[name], "backbone_options": backbone_options, "seed": seed}
        pooled = _pooled(loaded_backbone(backbone), data, options, with_head="leep" in wanted)
        ends = chosen_boundaries(name, list(pooled.ends), boundaries)
        blocks = list(dict.fromkeys(ends.values()))
        found = samples(pooled, blocks, splits, kept, show=show)
        tracked = track(found, f"Scoring {name}", len(blocks), show=show)
        scored = {block: measured(of_block, wanted) for block, of_block in tracked}
        rows += [_row(name, end, pooled, block, scored[block]) for end, block in ends.items()]
    ranking = Ranking(tuple(rows), by or wanted[0], data.train.size, data.validation.size)
    return ranking.sorted_by(ranking.by)


def _wanted(scores: Sequence[str], by: str | None, data: Data) -> Sequence[str]:
    """Returns the names of the scores, if they can be had from the data."""
    for score in scores or [""]:
        one_of("scores", score, SCORES)
    one_of("by", by or scores[0], scores)
    if (by or scores[0]) == "linear_probe" and not data.validation.size:
        raise ValueError(
            "`by` must be another score where no images are kept for validation: 'knn' or 'logme'. "
            "Received: by='linear_probe' and an empty validation split"
        )
    _require_labels(data)
    return scores


def _require_labels(data: Data) -> None:
    if data.multi_label:
        raise ValueError(
            "`data` must have one label an image. Received: data in which several classes may hold "
            "at once. Compare linear probes instead: `fine_tune(model, data, 'linear-probe')` and "
            "`evaluate(model, data.validation)` for each model."
        )
    images = dict(zip(data.class_names, data.train.counts().tolist(), strict=True))
    if sum(count > 0 for count in images.values()) < 2:
        raise ValueError(
            "`data` must have training images of at least two classes. "
            f"Received: so many images of each class: {images}"
        )


def _pooled(
    backbone: BackboneLike, data: Data, options: Mapping[str, Any], *, with_head: bool
) -> PooledBackbone:
    """Pools the boundaries of a backbone as `build_classifier` would have it."""
    classifier = build_classifier(backbone, data, **options)
    is_model = with_head and isinstance(backbone, keras.Model)
    return pool_boundaries(classifier, own_head(backbone) if is_model else None)


def _row(
    name: str, end: str, pooled: PooledBackbone, block: str, scores: Mapping[str, float]
) -> RankedBackbone:
    width, work = pooled.ends[block].channels, pooled.multiply_adds[block]
    return RankedBackbone(name, end, width, work, scores)
