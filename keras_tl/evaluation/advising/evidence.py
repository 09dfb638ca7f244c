"""What is measured before advice is given: backbones, and what they have to beat."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.auditing.header import read_picture_header
from keras_tl.data.dataset import Data
from keras_tl.data.pictures import ArrayPictures, EncodedPictures, read_bytes
from keras_tl.data.split import Split
from keras_tl.data.splitting.subsample import subsample
from keras_tl.evaluation.advising.available_backbones import AvailableBackbones
from keras_tl.evaluation.baselines import raw_pixels
from keras_tl.evaluation.ranking.rank_backbones import rank_backbones
from keras_tl.evaluation.ranking.ranking import RankedBackbone, Ranking
from keras_tl.evaluation.ranking.samples import Labelled, Samples
from keras_tl.evaluation.ranking.transfer_scores import SCORES
from keras_tl.models.copies import redrawn

EQUAL_WITHIN = 0.01
SIZED_PICTURES = 200
LEAST_OF_A_CLASS = 5


def few_of(data: Data, images: int) -> Data:
    """Returns data of which training and validation have at most about so many images.

    Of larger classes fewer are kept, at least five each.
    """
    per_class = max(images // len(data.class_names), LEAST_OF_A_CLASS)
    seed = data.settings.get("seed", 0)
    kept = {name: _few(split, images, per_class, seed) for name, split in
            (("train", data.train), ("validation", data.validation))}  # fmt: skip
    return replace(data, **kept)


def _few(split: Split, images: int, per_class: int, seed: int) -> Split:
    if split.size <= images:
        return split
    return split.with_images_of(split, subsample(split.labels, per_class, seed))


def picture_side(split: Split) -> int | None:
    """Returns the median of the shorter sides of the original pictures, in pixels.

    Of files at most 200 are opened, of which the headers are read.
    """
    pictures = split.pictures
    if isinstance(pictures, ArrayPictures):
        return min(pictures.images.shape[1:3])
    if not isinstance(pictures, EncodedPictures) or not split.size:
        return None
    spread = np.linspace(0, split.size - 1, min(split.size, SIZED_PICTURES)).astype(int)
    headers = [
        read_picture_header(read_bytes(pictures.items[number])) for number in split.numbers[spread]
    ]
    return int(np.median([min(header.height, header.width) for header in headers]))


def cheapest_of_equals(ranking: Ranking) -> RankedBackbone:
    """Returns the row with the least work of those within a hundredth of the best."""
    best = ranking.best.scores[ranking.by]
    equal = [row for row in ranking.rows if row.scores[ranking.by] >= best - EQUAL_WITHIN]
    return min(equal, key=lambda row: (row.multiply_adds, -row.scores[ranking.by]))


def best_of_each(ranking: Ranking) -> dict[str, RankedBackbone]:
    """Returns the best row of each backbone, in the order of the ranking."""
    found: dict[str, RankedBackbone] = {}
    for row in ranking.rows:
        found.setdefault(row.backbone, row)
    return found


@dataclass(frozen=True, eq=False)
class Evidence:
    """What comparing backbones came to.

    Attributes:
        ranking: All backbones and boundaries.
        chosen: The recommended one.
        classifier: Its backbone with a head, ending where it ends by itself.
        random_score: The best score of the same network with random weights.
        pixel_score: That of the pixels themselves.
    """

    ranking: Ranking
    chosen: RankedBackbone
    classifier: keras.Model
    random_score: float
    pixel_score: float


def gather(
    data: Data,
    available: AvailableBackbones,
    *,
    by: str,
    boundaries: str | Sequence[str],
    cache: FeatureCache,
    seed: int,
    verbose: str | int,
) -> Evidence:
    """Ranks backbones, chooses, and scores what the choice has to beat."""
    options: dict[str, Any] = {
        "boundaries": boundaries, "by": by, "cache": cache, "seed": seed, "verbose": verbose
    }  # fmt: skip
    ranking = rank_backbones(data, available.backbones, weights=available.weights, **options)
    chosen = cheapest_of_equals(ranking)
    classifier = available.build(chosen.backbone, data, seed)
    name = f"{chosen.backbone}, random weights"
    random = rank_backbones(data, {name: redrawn(classifier, seed)}, scores=by, **options)
    pixels = SCORES[by].measure(_pixels(data))
    return Evidence(ranking, chosen, classifier, random.best.scores[by], float(pixels or 0.0))


def _pixels(data: Data) -> Samples:
    """Returns raw pixels in the place of features."""
    held_out = data.validation if data.validation.size else None
    return Samples(_labelled(data.train), None if held_out is None else _labelled(held_out))


def _labelled(split: Split) -> Labelled:
    return raw_pixels(split.in_order()), split.labels
