"""What the scores of a backbone look at, read from a feature cache one boundary at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.caching.feature_split import FeatureSplit
from keras_tl.data.split import Split
from keras_tl.evaluation.ranking.pooled import PooledBackbone

Labelled = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Samples:
    """What is known of a backbone that ends at a boundary.

    Attributes:
        train: Pooled features `(images, features)` and labels `(images,)` of the training split.
        validation: Those of the validation split, if it has images.
        source: What the head that came with the backbone says of the training images, if it
            stands there: probabilities `(images, source classes)`.
    """

    train: Labelled
    validation: Labelled | None = None
    source: np.ndarray | None = None


def samples(
    pooled: PooledBackbone,
    blocks: Sequence[str],
    splits: Sequence[Split],
    cache: FeatureCache,
    *,
    show: bool,
) -> Iterator[tuple[str, Samples]]:
    """Fills a cache in one pass over each split, then reads it block by block.

    Args:
        pooled: The backbone.
        blocks: The blocks at whose ends to look.
        splits: Training split and, if it is wanted, validation split.
        cache: Where the pooled features are kept.
        show: Whether to show a progress bar.

    Returns:
        Iterator over the blocks and what is known at their ends.
    """
    ends = [pooled.ends[block] for block in blocks]
    if pooled.source is not None:
        ends.append(pooled.source)
    places = [cache.place(end) for end in ends]
    plain = [split.in_order() for split in splits if split.size]
    stored = list(zip(*cache.splits(pooled.model, plain, places, show=show), strict=True))
    source = stored.pop()[0] if pooled.source is not None else None
    return (
        (block, _samples(of_block, source if block == pooled.last else None))
        for block, of_block in zip(blocks, stored, strict=True)
    )


def _samples(of_block: Sequence[FeatureSplit], source: FeatureSplit | None) -> Samples:
    train, *others = (_labelled(split) for split in of_block)
    return Samples(
        train, others[0] if others else None, None if source is None else _labelled(source)[0]
    )


def _labelled(split: FeatureSplit) -> Labelled:
    return split.read(np.arange(split.size)), split.labels
