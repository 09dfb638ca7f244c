import numpy as np
import pytest
import tensorflow as tf

from keras_tl.data.formats.palette import colours


@pytest.mark.parametrize("entry", [3, 4])
@pytest.mark.parametrize("count", [0, 1, 2, 255, 256, 300])
def test_colours_are_listed_and_the_rest_is_grey(entry, count):
    stored = np.random.default_rng(0).integers(0, 256, (count, entry)).astype("uint8")
    found = colours(tf.constant(stored.tobytes() + b"\1"), entry).numpy()
    grey = np.arange(256)[:, None].repeat(3, axis=1)
    np.testing.assert_array_equal(found[:count], stored[:256, :3])
    np.testing.assert_array_equal(found[count:], grey[count:])
