import gc
import weakref

import keras
import numpy as np
import pytest

from keras_tl.structure import graph


def test_replay_is_the_model(tiny, pictures):
    images, _ = pictures
    replayed = graph.rebuild(tiny)
    np.testing.assert_array_equal(tiny(images, training=False), replayed(images, training=False))


def test_rebuilt_model_is_flat_and_shares_its_weights(tiny):
    rebuilt = graph.rebuild(tiny)
    assert not any(graph.as_functional(call.operation) for call in graph.calls(rebuilt))
    assert {id(w) for w in rebuilt.weights} == {id(w) for w in tiny.weights}


def test_calls_find_their_inputs_ready(tiny):
    flat = graph.flatten(tiny)
    ready = {id(tensor) for tensor in flat.inputs}
    for call in graph.calls(flat):
        assert {id(tensor) for tensor in call.inputs} <= ready
        ready |= {id(tensor) for tensor in call.outputs}


def test_raw_operations_are_calls(make_tiny):
    operations = [call.operation for call in graph.calls(make_tiny("raw_operations"))]
    assert sum(not isinstance(operation, keras.Layer) for operation in operations) == 4


def test_flat_model_is_left_alone(make_tiny):
    model = make_tiny("residual")
    assert graph.flatten(model) is model


def test_sequential_and_open_size_are_read(pictures):
    images, _ = pictures
    model = keras.Sequential(
        [
            keras.Input((None, None, 3)),
            keras.layers.Conv2D(2, 3),
            keras.layers.GlobalAveragePooling2D(),
        ]
    )
    flat = graph.flatten(model, free_size=16)
    assert flat.inputs[0].shape == (None, 16, 16, 3)
    np.testing.assert_array_equal(model(images), flat(images))


def test_subclassed_model_is_refused():
    class Subclassed(keras.Model):
        def call(self, inputs):
            return inputs

    with pytest.raises(ValueError, match="`model` must be a Functional"):
        graph.flatten(Subclassed())


def test_two_inputs_are_refused():
    inputs = [keras.Input((2,)), keras.Input((2,))]
    with pytest.raises(ValueError, match="one input and one output"):
        graph.flatten(keras.Model(inputs, keras.layers.Add()(inputs)))


def test_memory_dies_with_the_model(make_tiny):
    def reference():
        model = make_tiny("plain")
        graph.remember(model, "self", lambda: model)
        return weakref.ref(model)

    gone = reference()
    keras.backend.clear_session()
    gc.collect()
    assert gone() is None


def test_memory_is_not_saved(make_tiny, tmp_path):
    model = make_tiny("plain")
    graph.remember(model, "note", lambda: object())
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert graph.remember(loaded, "note", lambda: "new") == "new"


def test_keras_internals_that_we_read_exist(make_tiny):
    """What graph.py relies on; a new Keras that moves it fails here first."""
    model = make_tiny("nested")
    node = model.outputs[0]._keras_history.operation._inbound_nodes[0]
    assert not node.is_input
    assert node.input_tensors
    assert node.outputs
    assert callable(node.arguments.fill_in)
    assert hasattr(model, "_nodes_by_depth")
    assert keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])._functional is not None
    layer = keras.layers.Dropout(0.5)
    assert layer._seed_generators[0].state is not None
    assert list(layer._flatten_layers()) == [layer]
