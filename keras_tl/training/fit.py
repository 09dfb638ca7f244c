"""`model.fit`, with what comes before the first trained layer computed once."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
import numpy as np

from keras_tl.caching.cache_argument import as_training_cache
from keras_tl.caching.choice import Need
from keras_tl.caching.feature_cache import FeatureCache, Place
from keras_tl.caching.options import decide_storage, never_stored, options, work_before
from keras_tl.data.pictures import ArrayPictures
from keras_tl.data.split import Split
from keras_tl.foundation.checks import at_least
from keras_tl.foundation.progress import say
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.frozen_prefix import prefix, still_boundaries_by_flags, suffix
from keras_tl.structure.graph import compile_arguments
from keras_tl.training.callbacks import EpochOrder
from keras_tl.training.loop import Loop

Batches = Any


def fit(
    model: keras.Model,
    data: Batches,
    *,
    validation_data: Batches = None,
    epochs: int = 1,
    batch_size: int = 32,
    cache: bool | str | os.PathLike[str] | FeatureCache = "auto",
    callbacks: Sequence[keras.callbacks.Callback] = (),
    seed: int = 0,
    verbose: str | int = "auto",
    **keras_options: Any,
) -> keras.callbacks.History:
    """Trains a compiled model as `model.fit` does, the frozen prefix computed once.

    What lies before the first layer that trains, moves its moments or is random is run once for
    each image, in inference mode; training goes on from what was stored. Layers and optimizer are
    the model's own, and callbacks see the whole model. A frozen part with live dropout is random;
    `freeze` returns a model in which it is not.

    Args:
        model: Compiled Functional or Sequential model with one input and one output; any.
        data: A split, such as `data.train`, or arrays `(inputs, targets)`. Anything else that
            Keras reads, such as a `tf.data.Dataset`, is cached with `cache=True` only: it is then
            read once, and its elements are shuffled anew each epoch.
        validation_data: The same; None validates nothing.
        epochs: How many.
        batch_size: Of arrays.
        cache: `"auto"` stores features where that pays and there is room, in memory; True always;
            False never. A directory, or a `FeatureCache`, keeps them for the next time.
        callbacks: Keras callbacks.
        seed: Seed of the order of arrays.
        verbose: As in `model.fit`.
        **keras_options: Other arguments of `model.fit`, such as `class_weight`.

    Returns:
        The history of Keras.

    Raises:
        ValueError: If the model is not compiled.
    """
    at_least("epochs", epochs, 1)
    if not model.compiled:
        raise ValueError(
            f"`model` must be compiled. Received: {model.name!r}, which is not; call "
            "`model.compile(optimizer, loss)` first"
        )
    train = _as_split(data, batch_size, seed)
    validation = _as_split(validation_data, batch_size, None)
    loop = _loop(model, train, validation, epochs, cache, show=verbose != 0)
    order = [EpochOrder(loop.train)] if isinstance(loop.train, Split) else []
    first = keras_options.pop("initial_epoch", 0)
    return loop.fit([*order, *callbacks], first, epochs, verbose=verbose, **keras_options)


def _loop(
    model: keras.Model,
    train: Batches,
    validation: Batches,
    epochs: int,
    cache: bool | str | os.PathLike[str] | FeatureCache,
    *,
    show: bool,
) -> Loop:
    """Returns what runs: the model, or what comes after the boundary that pays most."""
    whole, store = Loop(model, model, train, validation), as_training_cache(cache, None)
    are_known = all(isinstance(d, Split) for d in (train, validation) if d is not None)
    if store is None or not (are_known or cache is True):
        return whole
    boundary, storage, reason = _choose(
        model, train, validation, epochs, store, always=cache is True
    )
    if show:
        say(f"Cache: {reason}.")
    if boundary is None:
        return whole
    runner = suffix(model, boundary)
    if list(map(id, runner.trainable_variables)) != list(map(id, model.trainable_variables)):
        return whole
    runner.compile(**{**compile_arguments(model), "optimizer": model.optimizer})
    try:
        found = [
            None if data is None else _features(model, data, boundary, storage, store, show=show)
            for data in (train, validation)
        ]
    except OSError as error:
        say(f"Features could not be stored, so the whole model runs: {error}")
        return whole
    return Loop(model, runner, *found)


def _choose(
    model: keras.Model,
    train: Batches,
    validation: Batches,
    epochs: int,
    store: FeatureCache,
    *,
    always: bool,
) -> tuple[Boundary | None, str, str]:
    """Returns where to begin, where to store, and why.

    Sizes that are not known count as one; what is read once begins where one tensor separates.
    """
    is_known = all(isinstance(data, Split) for data in (train, validation) if data is not None)
    ends = [b for b in still_boundaries_by_flags(model) if is_known or len(b.tensors) == 1]
    images, held_out = (
        data.size if isinstance(data, Split) else int(data is not None)
        for data in (train, validation)
    )
    splits = [data for data in (train, validation) if isinstance(data, Split)]
    need = Need(
        epochs=epochs,
        train=images,
        validation=held_out,
        stored=images + held_out,
        total=work_before(model)[-1],
        options=options(model, ends, store, splits),
    )
    if isinstance(train, Split) and (obstacle := never_stored(train)):
        need = replace(need, options=(), obstacle=obstacle)
    (decision,) = decide_storage([need], store, always=always)
    boundary = decision.option.boundary if decision.option else None
    return boundary, decision.storage, decision.reason


def _features(
    model: keras.Model,
    data: Batches,
    boundary: Boundary,
    storage: str,
    store: FeatureCache,
    *,
    show: bool,
) -> Split:
    if isinstance(data, Split):
        return store.splits(model, [data], [Place(boundary, storage)], show=show)[0][0]
    runner = prefix(model, [boundary])
    batches = [(runner.predict_on_batch(inputs), targets) for inputs, targets in data]
    found = [
        np.concatenate([np.asarray(part) for part in parts]) for parts in zip(*batches, strict=True)
    ]
    return _as_split(tuple(found), len(batches[0][0]), seed=0)


def _as_split(data: Batches, batch_size: int, seed: int | None) -> Batches:
    """Returns arrays as a split; anything else as it is."""
    if not isinstance(data, tuple):
        return data
    inputs, targets = map(np.asarray, data)
    pictures = ArrayPictures(inputs, inputs.shape[1:3], "stretch")
    rows = np.arange(len(inputs))
    return Split(pictures, rows, targets, [], batch_size=batch_size, seed=seed)
