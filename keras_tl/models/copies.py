"""A network once more: with the same weights, or as if it had never been trained."""

from collections.abc import Callable

import keras

from keras_tl.models.build import seeded
from keras_tl.structure.graph import leaf_layers


def copied(model: keras.Model) -> keras.Model:
    """Returns a network of its own with the same graph and weights."""
    return _clone(model, lambda layer: True)


def redrawn(model: keras.Model, seed: int) -> keras.Model:
    """Returns a network of its own with the same graph, its weights drawn anew.

    Biases, norms and moments are as they are before training. What `Normalization` layers know of
    the scale of the images is kept, since it is no knowledge of what they show.

    Args:
        model: Functional or Sequential model.
        seed: Seed of the weights; the same one gives the same weights in any process.
    """
    with seeded(seed):
        return _clone(model, lambda layer: isinstance(layer, keras.layers.Normalization))


def _clone(model: keras.Model, keeps: Callable[[keras.Layer], bool]) -> keras.Model:
    """Clones a model; the layers that it `keeps` have their weights, the others new ones."""
    clone = keras.models.clone_model(model)
    for old, new in zip(leaf_layers(model), leaf_layers(clone), strict=True):
        if keeps(old):
            new.set_weights(old.get_weights())
        if isinstance(new, keras.layers.Normalization):
            new.finalize_state()
    return clone
