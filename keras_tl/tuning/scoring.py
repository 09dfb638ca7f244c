"""The score of the model in a file."""

from pathlib import Path

import keras
import numpy as np

from keras_tl.caching.feature_cache import FeatureCache, Place
from keras_tl.data.split import Split
from keras_tl.evaluation.metrics import Evaluation, score
from keras_tl.evaluation.predict import predict_split
from keras_tl.models.card import is_multi_label, read_model
from keras_tl.structure.chain import chain
from keras_tl.structure.frozen_prefix import suffix


def score_file(path: Path, split: Split, cache: FeatureCache | None = None) -> Evaluation:
    """Loads a classifier from its file and scores it.

    Features are found by the content of the weights that came out of the file: where its first
    stages are those that features were computed with, only what comes after them is run. Features
    that are rounded, to float16, are not those of the model and are passed over.

    Args:
        path: A `.keras` file.
        split: What to score on.
        cache: Where features may be found.
    """
    model = read_model(path)
    found = None
    if cache and cache.dtype == "float32":
        found = _from_features(model, split, cache)
    if found is None:
        found = predict_split(model, split, show=False)
    return score(split.labels, found, split.class_names, multi_label=is_multi_label(model))


def _from_features(model: keras.Model, split: Split, cache: FeatureCache) -> np.ndarray | None:
    ends = [stage.boundary for stage in chain(model, "block")][:-1]
    stored = cache.stored(model, [split], ends)
    places = [Place(end, where) for end, where in zip(ends, stored, strict=True) if where]
    if not places:
        return None
    ((features,),) = cache.splits(model, [split], places[-1:])
    return predict_split(suffix(model, places[-1].boundary), features, show=False)
