import keras
import numpy as np
import pytest
from keras import layers

import keras_tl as ktl
from keras_tl.evaluation.explaining.occlusion import Occlusion


def looks_at_a_corner(height=16, width=16):
    """Its logit 0 is the mean level of the 4 x 4 pixels at the top left, logit 1 is nothing."""
    pictures = keras.Input((height, width, 3))
    corner = layers.Cropping2D(((0, height - 4), (0, width - 4)))(pictures)
    dense = layers.Dense(2, activation="softmax")
    model = keras.Model(pictures, dense(layers.GlobalAveragePooling2D()(corner)))
    dense.set_weights([np.array([[1 / 3, 0]] * 3) / 255, np.zeros(2)])
    return model


def test_only_the_corner_that_is_looked_at_lights_up():
    white = np.full((1, 16, 16, 3), 255, "uint8")
    options = {"method": "occlusion", "classes": "0", "patch": 4, "stride": 4, "level": 55}
    found = ktl.explain(looks_at_a_corner(), white, **options)
    expected = np.zeros((16, 16))
    expected[:4, :4] = 1
    np.testing.assert_allclose(found.maps[0], expected, atol=1e-6)
    assert found.peaks[0] == pytest.approx(200 / 255, rel=1e-4)


def test_squares_that_overlap_are_averaged():
    white = np.full((1, 16, 16, 3), 255, "uint8")
    options = {"method": "occlusion", "classes": "0", "patch": 4, "stride": 2, "level": 0}
    found = ktl.explain(looks_at_a_corner(), white, batch_size=7, **options)
    tops = range(0, 13, 2)
    falls, squares = np.zeros((2, 16, 16))
    for top in tops:
        for left in tops:
            covered = max(4 - top, 0) * max(4 - left, 0) / 16
            falls[top : top + 4, left : left + 4] += covered
            squares[top : top + 4, left : left + 4] += 1
    np.testing.assert_allclose(found.maps[0] * found.peaks[0], falls / squares, atol=1e-5)


def test_what_speaks_for_the_class_when_covered_is_no_evidence():
    black = np.zeros((1, 16, 16, 3), "uint8")
    found = ktl.explain(looks_at_a_corner(), black, method="occlusion", classes="0")
    assert not found.maps.any()


@pytest.mark.parametrize(("height", "width"), [(16, 16), (21, 50), (6, 9)])
def test_all_pixels_of_any_picture_are_covered(height, width):
    """A logit that is the mean of the picture falls wherever a white picture is covered."""
    pictures = keras.Input((height, width, 3))
    dense = layers.Dense(1, kernel_initializer="ones")
    model = keras.Model(pictures, dense(layers.GlobalAveragePooling2D()(pictures)))
    white = np.full((1, height, width, 3), 255, "uint8")
    for options in ({}, {"patch": 5, "stride": 4}, {"patch": 100}):
        assert (ktl.explain(model, white, method="occlusion", **options).maps > 0).all()


def test_options_are_checked():
    with pytest.raises(ValueError, match="`patch` must be an integer >= 1"):
        Occlusion(patch=0)
    with pytest.raises(ValueError, match="`level` must be between"):
        Occlusion(level=300)
