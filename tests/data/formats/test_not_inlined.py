import re

import keras
import pytest
import tensorflow as tf

from keras_tl.data.formats.not_inlined import not_inlined


@pytest.fixture
def reader():
    """A function that knows how often it was traced."""
    traced = []

    @not_inlined
    def length(encoded):
        """Returns the length."""
        traced.append(encoded)
        return tf.strings.length(encoded)

    return length, traced


def test_it_is_the_same_function(reader):
    length, _ = reader
    assert (length.__name__, length.__doc__) == ("length", "Returns the length.")
    assert length(tf.constant(b"abc")) == 3


def test_it_is_traced_once_for_all_graphs(reader):
    length, traced = reader
    graphs = [tf.function(lambda one, add=add: length(one) + add) for add in range(3)]
    assert [int(graph(tf.constant(b"abc"))) for graph in graphs] == [3, 4, 5]
    keras.utils.clear_session()
    assert length(tf.constant(b"abcd")) == 4
    assert len(traced) == 1


def test_what_happened_is_said_on_one_line():
    @not_inlined
    def fail(encoded):
        return tf.io.decode_png(encoded)

    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        fail(tf.constant(b"no picture"))
    assert re.fullmatch(r"Unknown image file format\. One of .* required\.", caught.value.message)


def test_it_is_not_inlined(reader):
    length, _ = reader
    graph = tf.function(lambda one: length(one)).get_concrete_function(tf.TensorSpec((), tf.string))
    functions = graph.graph.as_graph_def().library.function
    assert [function.attr["_noinline"].b for function in functions] == [True]
