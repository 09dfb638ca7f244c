"""The same pixels wherever a picture is decoded, whatever its format."""

import numpy as np
import pytest
import tensorflow as tf

from keras_tl.data.decode import decode, decode_and_resize, resize

BACKGROUND = (10, 200, 30)
SIZE = (20, 30)


class Module(tf.Module):
    """What an exported model does first."""

    @tf.function(input_signature=[tf.TensorSpec((), tf.string)])
    def one(self, encoded):
        return decode(encoded, background=BACKGROUND)

    @tf.function(input_signature=[tf.TensorSpec((None,), tf.string)])
    def batch(self, encoded):
        return decode_and_resize(encoded, SIZE, "pad", background=BACKGROUND)


@pytest.fixture(scope="module")
def expected(corpus, by_pillow):
    return {name: by_pillow(encoded, BACKGROUND) for name, encoded in corpus.items()}


@pytest.fixture(scope="module")
def resized(expected):
    images = [resize(image.astype("float32"), SIZE, "pad") for image in expected.values()]
    return np.stack([np.asarray(image) for image in images])


def test_the_corpus_is_of_many_kinds_and_colours(expected):
    assert len(expected) > 40
    assert all(image.std() > 10 for image in expected.values())


def test_at_once_and_in_a_graph_it_is_what_pillow_gives(corpus, expected):
    graph = Module().one
    for name, encoded in corpus.items():
        for found in (decode(tf.constant(encoded), background=BACKGROUND), graph(encoded)):
            np.testing.assert_array_equal(found, expected[name], err_msg=name)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
def test_one_file_cut_short_is_an_error_in_a_batch_as_well(corpus, kind):
    good, bad = corpus[f"{kind} RGB"], corpus[f"{kind} RGB"][:-300]
    with pytest.raises(tf.errors.InvalidArgumentError):
        Module().batch(tf.constant([good, bad]))


def test_batches_and_pipelines_of_many_threads_give_the_same(corpus, resized):
    encoded = tf.constant(list(corpus.values()))
    np.testing.assert_array_equal(Module().batch(encoded), resized)
    pipeline = tf.data.Dataset.from_tensor_slices(encoded).map(
        lambda one: resize(decode(one, background=BACKGROUND), SIZE, "pad"), num_parallel_calls=4
    )
    np.testing.assert_array_equal(np.stack(list(pipeline.as_numpy_iterator())), resized)


def test_a_saved_model_that_is_loaded_again_gives_the_same(corpus, expected, resized, tmp_path):
    module = Module()
    tf.saved_model.save(module, str(tmp_path / "saved"))
    loaded = tf.saved_model.load(str(tmp_path / "saved"))
    for name, encoded in corpus.items():
        found = loaded.one(tf.constant(encoded))
        np.testing.assert_array_equal(found, expected[name], err_msg=name)
    np.testing.assert_array_equal(loaded.batch(tf.constant(list(corpus.values()))), resized)
