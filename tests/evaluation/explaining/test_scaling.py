import numpy as np
import tensorflow as tf

from keras_tl.evaluation.explaining.scaling import enlarged, scaled


def test_the_largest_becomes_one_and_a_map_of_zeros_stays():
    maps = np.array([[[0, 4.0], [2, 1]], [[0, 0], [0, 0]]])
    found, peaks = scaled(maps)
    np.testing.assert_allclose(found, [[[0, 1], [0.5, 0.25]], [[0, 0], [0, 0]]])
    assert peaks.tolist() == [4, 0]
    assert found.dtype == np.float32


def test_maps_are_enlarged_as_tensorflow_does(enlarge):
    maps = np.random.default_rng(0).random((2, 3, 5)).astype("float32")
    expected = tf.image.resize(maps[..., None], (7, 20))[..., 0]
    np.testing.assert_allclose(enlarged(maps, (7, 20)), expected, atol=1e-6)
    np.testing.assert_allclose(
        enlarged(maps[:, :, :3], (8, 8)), enlarge(maps[:, :, :3], 8), atol=1e-6
    )
