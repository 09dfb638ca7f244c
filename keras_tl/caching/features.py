"""What comes out of a model at a boundary, as arrays."""

from typing import Any

import keras
import numpy as np

from keras_tl.caching.cache_argument import CacheLike, as_cache
from keras_tl.data.split import Split
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.chain import chain, end_of


def features(
    model: keras.Model,
    split: Split,
    boundary: int | float | str = -1,
    *,
    cache: CacheLike = None,
) -> tuple[Any, np.ndarray]:
    """Returns what comes out of a model at a boundary, in inference mode, as arrays.

    Args:
        model: Functional or Sequential model with one input and one output.
        split: Images and labels, such as `data.train`; they come in order, plain.
        boundary: The stage or block that it comes out of, such as `"stage4"` or `"stage3.block2"`;
            or how many stages lie before it, as in `Chain.split`: a number, negative counted from
            the end, or a fraction. By default what the head gets.
        cache: A directory or a `FeatureCache`, where the features are kept, or found, for the next
            time; None forgets them.

    Returns:
        `(features, labels)`: `(images, ...)` in the boundary's shape, or a pair of arrays where
        the boundary is a pair of tensors; and the labels of the split.

    Raises:
        ValueError: If there is no such boundary; it names the stages.
    """
    kept = as_cache(cache)
    place = kept.place(_end(model, boundary))
    ((found,),) = kept.splits(model, [split.in_order()], [place])
    return found.read(np.arange(split.size)), split.labels


def _end(model: keras.Model, boundary: int | float | str) -> Boundary:
    """Returns the boundary that is meant: by name the end of a stage, by number as in `split`."""
    if isinstance(boundary, str):
        return end_of(model, boundary)
    stages = chain(model)
    stages.split(boundary)  # raises where one side would be empty
    return stages[stages.index(boundary) - 1].boundary
