import keras
import numpy as np

from keras_tl.structure.graph import random_states
from keras_tl.training.seeding import seed_everything, seed_layers


def model():
    layers = [keras.layers.Dropout(0.5), keras.layers.GaussianNoise(1.0), keras.layers.Dropout(0.5)]
    return keras.Sequential([keras.Input((50,)), *layers])


def test_noise_and_drawn_weights_follow_from_the_seed():
    found = []
    for seed in (1, 2, 1):
        seeded = model()
        seed_everything(seeded, seed)
        drawn = keras.ops.convert_to_numpy(keras.random.normal((3,)))
        found.append(np.append(seeded(np.ones((1, 50)), training=True), drawn))
    np.testing.assert_array_equal(found[0], found[2])
    assert (found[0] != found[1]).any()


def test_each_random_layer_has_a_state_of_its_own_and_generators_stay():
    seeded, before = model(), np.random.get_state()[1].copy()
    seed_layers(seeded, 7)
    states = [keras.ops.convert_to_numpy(state.value).tolist() for state in random_states(seeded)]
    assert states == [[7, 0], [7, 1], [7, 2]]
    np.testing.assert_array_equal(np.random.get_state()[1], before)
