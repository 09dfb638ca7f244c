"""The boundaries that training can begin at, with what they save and what they take."""

import math
from collections.abc import Sequence
from itertools import accumulate

import keras

from keras_tl.caching.choice import WORTH_IT, Decision, Need, Option, choose
from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.split import Split
from keras_tl.structure import graph
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.chain import chain
from keras_tl.structure.cost import multiply_adds


def decide_storage(needs: Sequence[Need], cache: FeatureCache, *, always: bool) -> list[Decision]:
    """Returns what pays in a cache; with `always`, what saves most whether it pays or not."""
    largest = [max((o.bytes for o in need.options), default=0) * need.stored for need in needs]
    worth = -math.inf if always else WORTH_IT
    return choose(needs, cache.room(), cache.machine(sum(largest)), worth=worth)


def never_stored(split: Split) -> str:
    """Says why the images that epochs go through cannot be stored; empty if they can."""
    if split.mixing is not None:
        return "mixing makes new images each epoch"
    if split.augment is not None and split.views is None:
        return "augmentation makes new images each epoch; `views=5` would store five of each"
    return ""


def options(
    model: keras.Model,
    boundaries: Sequence[Boundary],
    cache: FeatureCache,
    splits: Sequence[Split] = (),
) -> list[Option]:
    """Returns what each boundary would save and take; none if the image size is open.

    Args:
        model: The model.
        boundaries: Where it may begin.
        cache: Where features are kept.
        splits: What is looked for there; without any, nothing counts as stored.
    """
    if None in model.input_shape[1:]:
        return []
    work, following = work_before(model), _following(model)
    stored = cache.stored(model, splits, boundaries)
    return [
        Option(b, following[b.position], work[b.position], cache.bytes_per_image(b), where)
        for b, where in zip(boundaries, stored, strict=True)
    ]


def work_before(model: keras.Model) -> list[int]:
    """Returns the multiply-adds for one image before each call, and those of all calls last."""
    flat = chain(model, "block").model
    order = graph.calls(flat)
    return graph.remember(
        flat, "work", lambda: list(accumulate(map(multiply_adds, order), initial=0))
    )


def _following(model: keras.Model) -> dict[int, str]:
    """Returns by position what comes after a boundary: a block, or the stage that it begins."""
    names: dict[int, str] = {}
    position = 0
    for stage in chain(model, "block"):
        end = stage.boundary.position
        names |= dict.fromkeys(range(position, end), stage.name.removesuffix(".block1"))
        position = end
    return names | {position: "the output"}
