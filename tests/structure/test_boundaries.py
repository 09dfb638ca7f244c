from collections import defaultdict

import keras
import pytest

from keras_tl.structure import boundaries, graph


def articulation_points(model):
    """Oracle: a tensor separates the graph if all paths lead through it.

    Counted with Python's exact integers over the model's public configuration, which knows
    nothing of how boundaries.py looks at the graph.
    """
    config = model.get_config()
    parents = {}

    def tensors(value, found):
        if isinstance(value, dict):
            if value.get("class_name") == "__keras_tensor__":
                found.append(value["config"]["keras_history"][0])
            else:
                for inner in value.values():
                    tensors(inner, found)
        elif isinstance(value, (list, tuple)):
            for inner in value:
                tensors(inner, found)
        return found

    for layer in config["layers"]:
        parents[layer["name"]] = tensors(layer["inbound_nodes"], [])
    forward = {}
    for name, before in parents.items():
        forward[name] = sum(forward[parent] for parent in before) if before else 1
    backward = defaultdict(int, {config["output_layers"][0]: 1})
    for name in reversed(parents):
        for parent in parents[name]:
            backward[parent] += backward[name]
    whole = forward[config["output_layers"][0]]
    return [name for name in parents if forward[name] * backward[name] == whole]


def single_cuts(model):
    cuts = [cut for cut in boundaries.find(model) if len(cut.tensors) == 1]
    return [cut.tensors[0]._keras_history.operation.name for cut in cuts]


@pytest.mark.parametrize("name", ["plain", "residual", "concatenating", "pre_activation"])
def test_single_cuts_are_the_articulation_points(make_tiny, name):
    model = make_tiny(name)
    assert sorted(single_cuts(model)) == sorted(articulation_points(model))


def test_raw_operations_can_be_cut_at(make_tiny):
    model = make_tiny("raw_operations")
    assert sorted(single_cuts(model)) == sorted(articulation_points(model))


def test_pairs_are_found_where_single_cuts_leave_one_piece(make_tiny):
    pairs = [cut for cut in boundaries.find(make_tiny("two_tensor")) if len(cut.tensors) == 2]
    assert pairs
    assert all(
        isinstance(tensor._keras_history.operation, keras.layers.Concatenate)
        for cut in pairs
        for tensor in cut.tensors
    )


def test_residual_blocks_are_not_cut_inside(make_tiny):
    assert all(len(cut.tensors) == 1 for cut in boundaries.find(make_tiny("residual")))


def test_no_cut_between_two_calls_of_a_layer_with_weights(make_tiny):
    model = make_tiny("shared_layer")
    calls = graph.calls(model)
    first, last = (i for i, call in enumerate(calls) if call.operation.name == "again")
    positions = [cut.position for cut in boundaries.find(model)]
    assert not any(first < position <= last for position in positions)
    assert last + 1 in positions


def test_pieces_are_all_calls_in_order(tiny):
    flat = graph.flatten(tiny)
    cuts = boundaries.find(flat)
    joined = [call for piece in boundaries.pieces(flat, cuts) for call in piece]
    assert [call.node for call in joined] == [call.node for call in graph.calls(flat)]


@pytest.mark.parametrize(
    "top",
    [
        lambda x: keras.layers.GlobalAveragePooling2D()(x),
        lambda x: keras.layers.GlobalMaxPooling2D(keepdims=True)(x),
        lambda x: keras.layers.Flatten()(x),
        lambda x: keras.ops.mean(x, axis=(1, 2)),
        lambda x: keras.layers.Concatenate()(
            [keras.layers.GlobalAveragePooling2D()(x), keras.layers.GlobalMaxPooling2D()(x)]
        ),
    ],
)
def test_head_begins_after_pooling(top):
    inputs = keras.Input((8, 8, 3))
    pooled = top(keras.layers.Conv2D(4, 3)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(2)(pooled))
    cuts = boundaries.find(model)
    start = cuts[boundaries.head_start(model, cuts)]
    assert start.tensors[0] is pooled


def test_bare_backbone_has_no_head():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3)(inputs)
    gate = keras.layers.GlobalAveragePooling2D(keepdims=True)(x)
    model = keras.Model(inputs, keras.layers.Multiply()([x, gate]))
    assert boundaries.head_start(model, boundaries.find(model)) is None


def test_bytes_count_the_number_type():
    inputs = keras.Input((4, 4, 3), dtype="float16")
    found = boundaries.boundary(0, [inputs])
    assert found.shapes == ((4, 4, 3),)
    assert found.bytes == 4 * 4 * 3 * 2
