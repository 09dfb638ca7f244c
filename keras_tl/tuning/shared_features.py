"""The features that all trials of a backbone share: one pass fills every depth that pays."""

from collections.abc import Sequence

import keras

from keras_tl.caching.choice import Need
from keras_tl.caching.feature_cache import FeatureCache, Place
from keras_tl.caching.options import decide_storage, options, work_before
from keras_tl.data.dataset import Data
from keras_tl.foundation.progress import say
from keras_tl.structure.frozen_prefix import still_boundaries
from keras_tl.structure.plan import Plan


def share_features(
    model: keras.Model,
    data: Data,
    plans: Sequence[Plan],
    epochs: int,
    cache: FeatureCache,
    *,
    show: bool = True,
) -> None:
    """Computes what the trials of a backbone train on, wherever that pays.

    Args:
        model: The backbone under a head, as it was pretrained.
        data: What is trained on; features are those of the plain images.
        plans: The plans that trials may follow; what comes before the first trained layer of each
            is stored, if training saves more than the pass costs.
        epochs: How many epochs are expected of each plan, over all trials.
        cache: Where features are kept.
        show: Whether to show a progress bar.
    """
    splits = (data.train.in_order(), data.validation)
    sizes = [split.size for split in splits]
    needs = [
        Need(
            epochs=epochs,
            train=sizes[0],
            validation=sizes[1],
            stored=sum(sizes),
            total=work_before(model)[-1],
            options=options(model, still_boundaries(plan, model)[-1:], cache, splits),
        )
        for plan in plans
    ]
    found = {d.position: d for d in decide_storage(needs, cache, always=False)}
    places = [Place(d.option.boundary, d.storage) for d in found.values() if d.option]
    if not places:
        return
    try:
        cache.splits(model, splits, places, show=show)
    except OSError as error:
        say(f"Features could not be shared: {error}")
