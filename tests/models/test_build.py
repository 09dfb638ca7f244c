import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.models.card import input_size, is_multi_label, resize_policy
from keras_tl.structure.graph import as_functional

NAMES = ["ant", "bee", "cat"]


def small(backbone="MobileNet", names=NAMES, **options):
    defaults = {"image_size": 32, "weights": None}
    if backbone == "MobileNet":
        defaults["backbone_options"] = {"alpha": 0.25}
    return ktl.build_classifier(backbone, names, **{**defaults, **options})


def images(size=32):
    return np.random.default_rng(0).uniform(0, 255, (2, size, size, 3)).astype("float32")


def test_model_is_plain_and_flat():
    model = small()
    assert type(model).__module__.startswith("keras.")
    assert not any(as_functional(layer) for layer in model.layers)


def test_model_is_backbone_behind_keras_preprocessing():
    model = small("ResNet50", pooling="avg")
    backbone = keras.applications.ResNet50(
        include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg"
    )
    backbone.set_weights(model.get_weights()[:-2])
    kernel, bias = model.get_weights()[-2:]
    prepared = keras.applications.resnet.preprocess_input(images())
    logits = backbone.predict(prepared, verbose=0) @ kernel + bias
    expected = keras.ops.softmax(logits)
    np.testing.assert_allclose(model.predict(images(), verbose=0), expected, rtol=1e-4, atol=1e-6)


def test_class_names_and_policy_survive_saving(tmp_path):
    model = small(resize="pad", dropout=0.3, head="cosine", pooling="concat")
    model.save(tmp_path / "model.keras")
    loaded = ktl.load_classifier(tmp_path / "model.keras")
    assert ktl.class_names(loaded) == NAMES
    assert resize_policy(loaded) == "pad"
    assert input_size(loaded) == (32, 32)
    np.testing.assert_array_equal(
        model.predict(images(), verbose=0), loaded.predict(images(), verbose=0)
    )


def test_loading_never_downloads(tmp_path, monkeypatch):
    small().save(tmp_path / "model.keras")

    def refuse(*args, **kwargs):
        raise AssertionError("a download")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", refuse)
    ktl.load_classifier(tmp_path / "model.keras")


def test_boundary_ends_the_backbone():
    whole, part = small(), small(boundary="stage3")
    assert ktl.chain(part).names == ["stage1", "stage2", "stage3", "head"]
    assert part.count_params() < whole.count_params()
    inner = ktl.chain(small(boundary="stage4.block2"), "block").names
    assert inner[-2] == "stage4.block2"


def test_multi_label_is_sigmoid():
    model = small(multi_label=True)
    found = model.predict(images(), verbose=0)
    assert is_multi_label(model)
    assert not np.allclose(found.sum(axis=1), 1.0)


def test_size_of_data_or_native():
    names = ["a", "b"]
    assert input_size(ktl.build_classifier("MobileNet", names, weights=None)) == (224, 224)
    pictures = np.random.default_rng(0).integers(0, 256, (20, 40, 32, 3))
    data = ktl.load_data((pictures, np.arange(20) % 2), image_size=(40, 32))
    model = ktl.build_classifier("MobileNet", data, weights=None)
    assert input_size(model) == (40, 32)
    assert ktl.class_names(model) == ["0", "1"]


def test_any_functional_model_is_a_backbone(make_tiny):
    model = ktl.build_classifier(make_tiny("nested"), [*NAMES, "dog"])
    assert model.output.shape == (None, 4)
    assert ktl.chain(model).names == ["stage1", "stage2", "head"]


def test_head_of_an_earlier_model_is_replaced(tmp_path):
    earlier = small("ResNet50", resize="crop")
    earlier.save(tmp_path / "earlier.keras")
    model = ktl.build_classifier(tmp_path / "earlier.keras", ["x", "y"], resize="stretch")
    assert ktl.class_names(model) == ["x", "y"]
    assert resize_policy(model) == "stretch"
    old, new = ktl.chain(earlier).split(-1)[0], ktl.chain(model).split(-1)[0]
    np.testing.assert_array_equal(
        old.predict(images(), verbose=0), new.predict(images(), verbose=0)
    )


def test_earlier_model_can_be_built_at_another_size(tmp_path):
    small().save(tmp_path / "earlier.keras")
    model = ktl.build_classifier(tmp_path / "earlier.keras", NAMES, image_size=64)
    assert model.predict(images(64), verbose=0).shape == (2, 3)


def test_head_computes_in_float32_under_a_mixed_policy():
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = small()
        assert model.output.dtype == "float32"
        assert model.get_layer("head_logits").compute_dtype == "float32"
        assert model.get_layer("conv_pw_1").compute_dtype == "float16"
    finally:
        keras.mixed_precision.set_global_policy("float32")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"backbone": "MobilNet"}, "Did you mean 'MobileNet'"),
        ({"names": ["one"]}, "at least two distinct class names"),
        ({"names": ["a", "a"]}, "at least two distinct class names"),
        ({"image_size": 8}, "at least 32 pixels for MobileNet"),
        ({"image_size": 0}, "`image_size` must be an integer >= 1"),
        ({"resize": "squash"}, "`resize` must be one of"),
        ({"backbone": "ResNet50", "weights": "glyphs"}, "belongs to MobileNetV2"),
        ({"backbone": "missing.keras"}, "no file"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        small(**arguments)


def test_file_that_is_not_a_model(tmp_path):
    (tmp_path / "model.keras").write_bytes(b"not a zip")
    with pytest.raises(ValueError, match="that Keras can read"):
        ktl.load_classifier(tmp_path / "model.keras")


def test_model_that_is_not_ours(make_tiny, tmp_path):
    make_tiny("plain").save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="must be a classifier made by"):
        ktl.load_classifier(tmp_path / "model.keras")


def test_same_call_gives_the_same_weights_whatever_was_drawn_before():
    import random

    first = small(dropout=0.2, head="mlp")
    random.random()
    state = random.getstate()
    second, other = small(dropout=0.2, head="mlp"), small(dropout=0.2, head="mlp", seed=1)
    assert random.getstate() == state
    for a, b in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert any(
        (a != b).any() for a, b in zip(first.get_weights(), other.get_weights(), strict=True)
    )
