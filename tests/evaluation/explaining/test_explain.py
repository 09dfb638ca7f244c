"""The contract of all methods, over the table; then what goes in and what comes out."""

import keras
import numpy as np
import pytest
from scipy.stats import spearmanr

import keras_tl as ktl
from keras_tl.evaluation.explaining.methods import METHODS

QUICK = [name for name, row in METHODS.items() if not row.is_slow]
OPTIONS = {"integrated-gradients": {"steps": 8}, "occlusion": {"patch": 4}}


def explain(model, images, method, **options):
    return ktl.explain(model, images, method=method, **{**OPTIONS.get(method, {}), **options})


def test_on_every_graph_every_method_gives_maps_from_0_to_1(tiny, images):
    before = tiny.predict(images, verbose=0)
    flags = [layer.trainable for layer in tiny._flatten_layers()]
    for method in METHODS:
        found = explain(tiny, images, method)
        assert found.maps.shape == (4, 16, 16)
        assert found.maps.dtype == np.float32
        assert found.maps.min() >= 0
        np.testing.assert_array_equal(found.maps.max(axis=(1, 2)), (found.peaks > 0).astype(float))
        np.testing.assert_array_equal(found.images, images)
        assert found.images.dtype == np.uint8
        assert found.classes == before.argmax(axis=1).astype(str).tolist()
        np.testing.assert_allclose(found.scores, before.max(axis=1), rtol=1e-4)
        assert bool(found.boundary) == METHODS[method].reads_map
    np.testing.assert_array_equal(tiny.predict(images, verbose=0), before)
    assert [layer.trainable for layer in tiny._flatten_layers()] == flags


@pytest.fixture(scope="module")
def tell_colours():
    """A small network that tells red, green and blue pictures apart, and such pictures."""
    keras.utils.set_random_seed(0)
    labels = np.arange(48) % 3
    images = np.random.default_rng(0).normal(110, 40, (48, 16, 16, 3))
    images[np.arange(48), 4:12, 4:12, labels] += 100
    images = np.clip(images, 0, 255).astype("uint8")
    pictures = keras.Input((16, 16, 3))
    x = keras.layers.Rescaling(1 / 127.5, -1)(pictures)
    for _ in range(2):
        x = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    backbone = keras.Model(pictures, keras.layers.MaxPooling2D()(x))
    model = ktl.build_classifier(backbone, ["red", "green", "blue"], image_size=16)
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    model.fit(images, labels, epochs=6, batch_size=8, verbose=0)
    assert (model.predict(images, verbose=0).argmax(axis=1) == labels).mean() > 0.9
    return model, images[:6]


@pytest.mark.parametrize("method", METHODS)
def test_where_the_colour_is_speaks_for_it(tell_colours, method):
    model, images = tell_colours
    maps = explain(model, images, method, classes=["red", "green", "blue"] * 2).maps
    inside = np.zeros((16, 16), bool)
    inside[4:12, 4:12] = True
    assert (maps[:, inside].mean(axis=1) > 1.5 * maps[:, ~inside].mean(axis=1)).all()


@pytest.mark.parametrize("method", METHODS)
def test_with_random_weights_the_map_is_another(tell_colours, method):
    """The sanity check of Adebayo et al., 2018, arXiv:1810.03292."""
    model, images = tell_colours
    other = keras.models.clone_model(model)
    other.set_weights([np.random.default_rng(0).permuted(w) for w in model.get_weights()])
    one, same, random = (
        explain(m, images, method, classes="green").maps for m in (model, model, other)
    )
    np.testing.assert_array_equal(one, same)
    alike = [
        spearmanr(a.ravel(), b.ravel()).statistic if a.any() and b.any() else 0.0
        for a, b in zip(one, random, strict=True)
    ]
    assert np.mean(alike) < 0.5


@pytest.mark.parametrize("method", METHODS)
def test_pictures_do_not_depend_on_their_company(tell_colours, method):
    model, images = tell_colours
    together = explain(model, images, method)
    in_parts = explain(model, images, method, batch_size=4)
    alone = explain(model, images[4:5], method)
    np.testing.assert_allclose(in_parts.maps, together.maps, atol=1e-4)
    np.testing.assert_allclose(alone.maps[0], together.maps[4], atol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_mixed_precision_gives_nearly_the_same_maps(tell_colours, policy):
    model, images = tell_colours
    keras.config.set_dtype_policy(policy)
    try:
        config = model.get_config()
        for layer in config["layers"]:
            if layer["class_name"] in ("Conv2D", "MaxPooling2D", "GlobalAveragePooling2D"):
                layer["config"]["dtype"] = policy
        mixed = keras.Model.from_config(config)
        mixed.set_weights(model.get_weights())
        assert mixed.get_layer("head_average").compute_dtype == policy.removeprefix("mixed_")
        for method in METHODS:
            one, other = (explain(m, images, method, classes="red") for m in (model, mixed))
            assert other.maps.dtype == np.float32
            np.testing.assert_allclose(other.maps, one.maps, atol=0.2)
            assert np.corrcoef(one.maps.ravel(), other.maps.ravel())[0, 1] > 0.98
    finally:
        keras.config.set_dtype_policy("float32")


def test_several_classes_are_in_a_row(tell_colours):
    model, images = tell_colours
    found = ktl.explain(model, images[:2], top=2)
    probabilities = model.predict(images[:2], verbose=0)
    best = np.argsort(-probabilities, axis=1)[:, :2]
    assert found.classes == [["red", "green", "blue"][number] for number in best.ravel()]
    assert found.names == ["#0", "#0", "#1", "#1"]
    np.testing.assert_array_equal(found.images, images[[0, 0, 1, 1]])
    np.testing.assert_allclose(found.scores, np.take_along_axis(probabilities, best, 1).ravel())
    one = ktl.explain(model, images[:2], classes=[("blue", "red")])
    assert one.classes == ["blue", "red"] * 2
    blue = ktl.explain(model, images[:2], classes="blue")
    np.testing.assert_allclose(one.maps[::2], blue.maps, atol=1e-6)


def test_several_labels_are_explained_one_by_one(make_model, images):
    model = make_model(multi_label=True)
    found = ktl.explain(model, images, classes=[("ant", "cat")])
    assert found.classes == ["ant", "cat"] * 4
    expected = model.predict(images, verbose=0)[:, [0, 2]].ravel()
    np.testing.assert_allclose(found.scores, expected, rtol=1e-5)


HEADS = [(head, "flatten") for head in ("linear", "mlp", "cosine")]
POOLINGS = [("linear", pooling) for pooling in ("avg", "max", "concat")]


@pytest.mark.parametrize(("head", "pooling"), HEADS + POOLINGS)
def test_every_head_of_ours_is_explained(make_model, images, head, pooling):
    found = ktl.explain(make_model(head=head, pooling=pooling), images, classes="bee")
    assert np.isfinite(found.maps).all()
    assert found.maps.max() == 1


def test_files_folders_arrays_and_splits_give_the_same(make_model, files, arrays, data):
    model = make_model()
    of_array = ktl.explain(model, arrays[0][:5])
    for source in (files, [str(file) for file in files], files[0].parent):
        found = ktl.explain(model, source)
        np.testing.assert_allclose(found.maps, of_array.maps, atol=1e-5)
        assert found.names == [str(file) for file in files]
    of_split = ktl.explain(model, data.test)
    assert of_split.names == data.test.names()
    np.testing.assert_allclose(
        of_split.maps, ktl.explain(model, data.test.images()).maps, atol=1e-5
    )


def test_pictures_of_another_size_are_shown_as_the_model_sees_them(make_model):
    wide = np.random.default_rng(0).integers(0, 256, (2, 20, 60, 3), dtype="uint8")
    model = make_model(resize="pad")
    found = ktl.explain(model, wide)
    assert found.images.shape == (2, 16, 16, 3)
    assert not found.images[:, :4].any()


@pytest.mark.filterwarnings("ignore:1 of 6 pictures")
def test_a_bad_file_is_set_aside(make_model, files):
    bad = files[0].parent / "bad.png"
    bad.write_bytes(b"not a picture")
    found = ktl.explain(make_model(), files[0].parent)
    assert [item.name for item in found.set_aside] == [str(bad)]
    assert len(found) == 5


def test_a_map_of_zeros_is_no_division_by_zero(make_model, images):
    """A bias alone decides: nothing in the picture speaks for the class."""
    model = make_model()
    kernel, bias = model.get_layer("head_logits").get_weights()
    model.get_layer("head_logits").set_weights([np.zeros_like(kernel), bias + np.array([0, 5, 0])])
    for method in METHODS:
        found = explain(model, images, method)
        assert found.classes == ["bee"] * 4
        if method != "score-cam":  # whose weights are equal shares, whatever the channels are worth
            assert not found.maps.any()
            assert not found.peaks.any()
            assert "nothing speaks for it" in str(found)


def test_a_boundary_is_looked_at(make_tiny, images):
    model = make_tiny("plain")
    early, late = (ktl.explain(model, images, boundary=name) for name in ("stage1", "stage2"))
    assert (early.boundary, late.boundary) == ("stage1", "stage2")
    assert not np.allclose(early.maps, late.maps, atol=0.05)
    np.testing.assert_array_equal(late.maps, ktl.explain(model, images).maps)


def test_a_frozen_model_and_one_from_its_file_are_explained_alike(make_tiny, images, tmp_path):
    model = make_tiny("residual")
    expected = ktl.explain(model, images).maps
    model.save(tmp_path / "model.keras")
    for same in (ktl.freeze(model, -1), keras.saving.load_model(tmp_path / "model.keras")):
        np.testing.assert_allclose(ktl.explain(same, images).maps, expected, atol=1e-5)


def test_graphs_do_not_grow_when_it_is_called_again(make_tiny, images):
    model = make_tiny("nested")

    def explained():
        for method in METHODS:
            explain(model, images[:1], method)
        return [len(layer._inbound_nodes) for layer in model._flatten_layers()]

    assert explained() == explained()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "gradcam"}, "`method` must be one of .*Did you mean 'grad-cam'"),
        ({"steps": 3}, "Unknown key in `options of grad-cam`: 'steps'"),
        ({"method": "integrated-gradients", "step": 3}, "Did you mean 'steps'"),
        ({"method": "occlusion", "boundary": "stage1"}, "`boundary` must be None for"),
        ({"classes": "be"}, "Did you mean 'bee'"),
        ({"batch_size": 0}, "`batch_size` must be an integer >= 1"),
        ({"boundary": "stage9"}, "`boundary` must be one of"),
    ],
)
def test_mistakes_are_named(make_model, images, options, message):
    with pytest.raises(ValueError, match=message):
        ktl.explain(make_model(), images, **options)


def test_no_picture_is_an_error(make_model):
    with pytest.raises(ValueError, match="`images` must hold at least one picture"):
        ktl.explain(make_model(), np.zeros((0, 16, 16, 3), "uint8"))
    with pytest.raises(ValueError, match="`images` must name at least one picture"):
        ktl.explain(make_model(), [])
