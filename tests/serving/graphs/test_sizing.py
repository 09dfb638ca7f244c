import numpy as np
import pytest
import tensorflow as tf

from keras_tl.data.decode import resize
from keras_tl.serving.graphs import sizing
from keras_tl.serving.graphs.sizing import at_size


@pytest.mark.parametrize("policy", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("shape", [(12, 16), (20, 9), (12, 15)])
def test_images_of_any_size_are_resized_as_everywhere(policy, shape):
    images = np.random.default_rng(0).uniform(0, 255, (3, *shape, 3)).astype("float32")
    spec = tf.TensorSpec((None, None, None, 3))
    found = tf.function(lambda given: at_size(given, (12, 16), policy), [spec])(images)
    assert found.shape == (3, 12, 16, 3)
    expected = images if shape == (12, 16) else resize(images, (12, 16), policy)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_images_of_the_right_size_are_not_touched(monkeypatch):
    def broken(images, size, policy):
        return images[:, : size[0], : size[1]] * float("nan")

    monkeypatch.setattr(sizing, "resize", broken)
    spec = tf.TensorSpec((None, None, None, 3))
    graph = tf.function(lambda given: at_size(given, (4, 4), "crop"), [spec])
    assert np.isfinite(graph(tf.ones((1, 4, 4, 3)))).all()
    assert np.isnan(graph(tf.ones((1, 4, 5, 3)))).all()
