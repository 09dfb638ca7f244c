import random

import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.models.copies import copied, redrawn


def answers(model, pictures):
    return model.predict(pictures[0], verbose=0)


def test_a_copy_answers_alike_and_shares_nothing(tiny, pictures):
    before = answers(tiny, pictures)
    copy = copied(tiny)
    np.testing.assert_array_equal(answers(copy, pictures), before)
    copy.set_weights([weight + 1 for weight in copy.get_weights()])
    np.testing.assert_array_equal(answers(tiny, pictures), before)


def test_weights_are_drawn_anew_from_the_seed(tiny):
    first, again, other = (redrawn(tiny, seed) for seed in (3, 3, 4))
    kernels = [i for i, weight in enumerate(tiny.weights) if weight.path.endswith("kernel")]
    assert ktl.chain(first) == ktl.chain(tiny)
    for i, (a, b) in enumerate(zip(first.get_weights(), again.get_weights(), strict=True)):
        np.testing.assert_array_equal(a, b)
        if i in kernels:
            assert not np.allclose(a, tiny.get_weights()[i])
            assert not np.allclose(a, other.get_weights()[i])


def test_moments_are_those_before_training(make_tiny):
    for weight in redrawn(make_tiny("residual"), 0).weights:
        if weight.path.endswith("moving_mean"):
            np.testing.assert_array_equal(weight.numpy(), 0.0)
        if weight.path.endswith("moving_variance"):
            np.testing.assert_array_equal(weight.numpy(), 1.0)


@pytest.mark.parametrize(
    "again", [copied, lambda model: redrawn(model, 0)], ids=["copied", "redrawn"]
)
def test_the_scale_of_the_images_is_kept(again):
    scale = keras.layers.Normalization()
    scale.adapt(np.random.default_rng(0).uniform(0, 255, (20, 8, 8, 3)))
    model = keras.Sequential([keras.Input((8, 8, 3)), scale, keras.layers.Dense(2)])
    images = np.full((1, 8, 8, 3), 255.0)
    np.testing.assert_allclose(again(model).layers[0](images), scale(images))


def test_drawing_leaves_the_generator_of_others_alone(make_tiny):
    model = make_tiny("plain")
    random.seed(5)
    expected = random.random()
    random.seed(5)
    redrawn(model, 0)
    assert random.random() == expected
