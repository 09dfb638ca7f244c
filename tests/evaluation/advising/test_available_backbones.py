import keras
import pytest

from keras_tl.evaluation.advising.available_backbones import (
    available_backbones,
    native_side,
    said_of_weights,
)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    """Keras's cache with the ImageNet weights of two backbones."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    for name in ("xception_weights_tf_dim_ordering_tf_kernels_notop", "efficientnetb0_notop"):
        (tmp_path / "models" / f"{name}.h5").touch()


def found(backbones=None, weights="imagenet", side=224, download=False):
    return available_backbones(backbones, weights, side=side, download=download)


def test_by_default_what_lies_in_the_cache_and_what_the_package_carries(cached):
    available = found()
    assert available.backbones == {
        "EfficientNetB0": "EfficientNetB0",
        "Xception": "Xception",
        "glyphs": "MobileNetV2",
    }
    assert available.weights == {
        "EfficientNetB0": "imagenet",
        "Xception": "imagenet",
        "glyphs": "glyphs",
    }
    assert available.missing[0].startswith("38 backbones of keras.applications")


def test_without_any_cache_the_glyphs_remain():
    available = found()
    assert list(available.backbones) == ["glyphs"]
    assert available.missing[0].startswith("40 backbones of keras.applications")


def test_those_that_need_larger_images_are_left_out(cached):
    assert list(found(side=64).backbones) == ["EfficientNetB0", "glyphs"]
    available = found(["Xception", "EfficientNetB0"], side=64)
    assert list(available.backbones) == ["EfficientNetB0"]
    assert available.missing == ("Xception (takes images of 71 px or more)",)


def test_what_is_not_at_hand_is_named_and_only_fetched_when_asked(cached):
    available = found(["EfficientNetB0", "VGG16"])
    assert list(available.backbones) == ["EfficientNetB0"]
    assert available.missing == ("VGG16 (its weights are not at hand)",)
    assert list(found(["EfficientNetB0", "VGG16"], download=True).backbones)[1] == "VGG16"
    assert list(found("VGG16", weights=None).backbones) == ["VGG16"]
    with pytest.raises(ValueError, match=r"at hand. Received: VGG16 .* Pass `download=True`"):
        found(["VGG16"])


def test_models_and_files_are_always_at_hand(tmp_path, make_small):
    model = make_small("mine")
    model.save(tmp_path / "kept.keras")
    available = found({"mine": model, "kept": tmp_path / "kept.keras"}, side=16)
    assert list(available.backbones) == ["mine", "kept"]
    assert native_side(tmp_path / "kept.keras", "imagenet") == 16
    assert said_of_weights(model, "imagenet") == "its own"


@pytest.mark.parametrize(
    ("backbone", "weights", "side", "said"),
    [
        ("Xception", "imagenet", 299, "imagenet"),
        ("Xception", None, None, "none"),
        ("MobileNetV2", "glyphs", 64, "glyphs"),
        ("MobileNetV2", "my.weights.h5", None, "my.weights.h5"),
    ],
)
def test_what_weights_were_learned_at(backbone, weights, side, said):
    assert native_side(backbone, weights) == side
    assert said_of_weights(backbone, weights) == said


def test_the_size_of_a_model_of_open_size_is_unknown():
    images = keras.Input((None, None, 3))
    model = keras.Model(images, keras.layers.Conv2D(2, 3)(images))
    assert native_side(model, None) is None
