"""What comes out of a model at a boundary, as arrays."""

from typing import Any

import keras
import numpy as np

from keras_tl.caching.feature_cache import FeatureCache, Place
from keras_tl.data.split import Split
from keras_tl.structure.chain import chain


def features(
    model: keras.Model,
    split: Split,
    boundary: int | float | str = -1,
    *,
    cache: FeatureCache | None = None,
) -> tuple[Any, np.ndarray]:
    """Returns what comes out of a model at a boundary, in inference mode, as arrays.

    Args:
        model: Functional or Sequential model with one input and one output.
        split: Images and labels, such as `data.train`; they come in order, plain.
        boundary: Number of stages before it, negative counted from the end, or the name of the
            first stage after it, as in `Chain.split`. By default what the head gets.
        cache: Where the features are kept, or found, for the next time.

    Returns:
        `(features, labels)`: `(images, ...)` in the boundary's shape, or a pair of arrays where
        the boundary is a pair of tensors; and the labels of the split.

    Raises:
        ValueError: If there is no such boundary; it names the stages.
    """
    stages = chain(model)
    stages.split(boundary)
    end = stages[stages.index(boundary) - 1].boundary
    plain = split.in_order()
    kept = cache or FeatureCache()
    place = Place(end, "disk" if kept.store else "memory")
    ((found,),) = kept.splits(model, [plain], [place])
    return found.read(np.arange(split.size)), split.labels
