"""Backbones have names, whichever way they are given."""

import keras
import pytest

from keras_tl.models.backbone_arguments import (
    backbone_name,
    loaded_backbone,
    named_backbones,
    weights_by_name,
    with_names,
)


@pytest.fixture
def model():
    images = keras.Input((8, 8, 3))
    return keras.Model(images, keras.layers.Conv2D(2, 3)(images), name="mine")


def test_a_name_a_file_and_a_model_have_names_of_their_own(model, tmp_path):
    path = tmp_path / "kept.keras"
    assert [backbone_name(one) for one in ("VGG16", path, model)] == ["VGG16", "kept", "mine"]
    assert with_names(model) == [("mine", model)]
    assert named_backbones(["VGG16", path]) == {"VGG16": "VGG16", "kept": path}


def test_a_mapping_names_them():
    assert named_backbones({"a": "VGG16", "b": "VGG16"}) == {"a": "VGG16", "b": "VGG16"}
    with pytest.raises(ValueError, match=r"no two of one name.*Pass a mapping"):
        named_backbones(["VGG16", "VGG16"])
    with pytest.raises(ValueError, match=r"at least one backbone"):
        named_backbones([])
    with pytest.raises(ValueError, match="Did you mean 'MobileNetV2'"):
        named_backbones("MobilNetV2")


def test_a_file_is_loaded_and_all_else_stays_as_it_is(model, tmp_path):
    model.save(tmp_path / "kept.keras")
    assert loaded_backbone(tmp_path / "kept.keras").name == "mine"
    assert loaded_backbone("VGG16") == "VGG16"
    assert loaded_backbone(model) is model


def test_weights_are_for_all_or_by_name():
    assert weights_by_name(None, ["a", "b"]) == {"a": None, "b": None}
    assert weights_by_name({"b": "glyphs"}, ["a", "b"]) == {"a": "imagenet", "b": "glyphs"}
    with pytest.raises(ValueError, match="`weights`"):
        weights_by_name({"c": None}, ["a", "b"])
