import numpy as np
import pytest
import tensorflow as tf

from keras_tl.data.decode import decode_and_resize
from keras_tl.serving.graphs.bad_rows import decode_readable


@pytest.fixture(scope="module")
def decoder():
    return tf.function(
        lambda encoded: decode_readable(encoded, (12, 10), "pad", background=(9, 9, 9)),
        input_signature=[tf.TensorSpec((None,), tf.string)],
        autograph=False,
    )


@pytest.mark.parametrize("bad", [(), (0,), (0, 7, 39)])
def test_what_can_be_read_is_as_the_plain_decoder_has_it_and_in_order(decoder, files, bad):
    good = [file.read_bytes() for file in files] * 8
    encoded = [b"no picture" if row in bad else one for row, one in enumerate(good)]
    images, is_readable = decoder(tf.constant(encoded))
    expected = decode_and_resize(tf.constant(good), (12, 10), "pad", background=(9, 9, 9))
    is_bad = np.isin(np.arange(40), bad)
    np.testing.assert_array_equal(is_readable, ~is_bad)
    np.testing.assert_array_equal(images[~is_bad], expected[~is_bad])
    assert not images[is_bad].numpy().any()


@pytest.mark.parametrize("encoded", [[], [b""], [b"no", b"\xff\xd8\xff"]])
def test_nothing_readable_is_no_error(decoder, encoded):
    images, is_readable = decoder(tf.constant(encoded, tf.string))
    assert images.shape == (len(encoded), 12, 10, 3)
    assert is_readable.numpy().tolist() == [False] * len(encoded)
