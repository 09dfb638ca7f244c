"""What a seed gives: Keras's global generators, and the random layers of a model."""

import keras

from keras_tl.structure.graph import random_states


def seed_everything(model: keras.Model, seed: int) -> None:
    """Sets Keras's global generators and the random layers of `model`."""
    keras.utils.set_random_seed(seed)
    seed_layers(model, seed)


def seed_layers(model: keras.Model, seed: int) -> None:
    """Sets the state of each random layer of `model`, such as dropout, to one of its own."""
    for number, state in enumerate(random_states(model)):
        state.assign([seed, number])
