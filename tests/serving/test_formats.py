"""The contract of LiteRT and ONNX files: a table of formats, a table of models."""

import json
import os
import zipfile

import keras
import numpy as np
import onnxruntime
import pytest
from ai_edge_litert.interpreter import Interpreter
from keras import layers

import keras_tl as ktl
from keras_tl.models.backbones import BACKBONES
from keras_tl.serving.litert import export_litert
from keras_tl.serving.onnx_file import export_onnx

CLASSES = ["ant", "bee", "cat"]


def run_litert(path, images):
    answer = Interpreter(str(path)).get_signature_runner("serving_default")
    with zipfile.ZipFile(path) as archive:
        card = json.loads(archive.read("keras_tl.json"))
    return answer(images=images)["probabilities"], card


def run_onnx(path, images):
    session = onnxruntime.InferenceSession(path)
    card = json.loads(session.get_modelmeta().custom_metadata_map["keras_tl"])
    return session.run(["probabilities"], {"images": images})[0], card


FORMATS = {
    "litert": (export_litert, "model.tflite", run_litert),
    "onnx": (export_onnx, "model.onnx", run_onnx),
}


def glyphs(_, spread_out):
    return spread_out(ktl.build_classifier("MobileNetV2", CLASSES, weights="glyphs", image_size=32))


def residual(classifier_of, _):
    def body(images):
        first = layers.Conv2D(8, 3, padding="same")(layers.Rescaling(1 / 255)(images))
        inner = layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same")(first))
        return layers.ReLU()(layers.Add()([first, inner]))

    return classifier_of(body)


def grouped_and_exact(classifier_of, _):
    """What ConvNeXt and EfficientNet have that converters stumble over."""

    def body(images):
        norm = layers.Normalization(mean=[100.0, 110, 120], variance=[900.0, 800, 700])
        grouped = layers.Conv2D(8, 3, groups=4)(layers.Conv2D(8, 3, strides=2)(norm(images)))
        return layers.Activation("gelu")(layers.LayerNormalization()(grouped))

    return classifier_of(body)


def multi_label(classifier_of, _):
    def body(images):
        return layers.Conv2D(8, 3, strides=2, activation="relu")(layers.Rescaling(1 / 255)(images))

    return classifier_of(body, multi_label=True, resize="stretch", background=(10, 20, 30))


def random_in_training(classifier_of, _):
    def body(images):
        images = layers.RandomFlip(seed=1)(layers.RandomRotation(0.3, seed=2)(images))
        images = layers.GaussianNoise(0.9, seed=3)(layers.Rescaling(1 / 255)(images))
        return layers.Conv2D(8, 3, strides=2, activation="relu")(images)

    return classifier_of(body, pooling="flatten", dropout=0.5, resize="pad")


def mixed_precision(classifier_of, _):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return residual(classifier_of, _)
    finally:
        keras.config.set_dtype_policy(before)


MODELS = [glyphs, residual, grouped_and_exact, multi_label, random_in_training, mixed_precision]


@pytest.mark.parametrize("make", MODELS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("file_format", FORMATS)
def test_the_file_answers_as_the_model_and_describes_it(
    file_format, make, classifier_of, spread_out, photo_files, tmp_path
):
    export, name, run = FORMATS[file_format]
    model = make(classifier_of, spread_out)
    path = export(model, tmp_path / "out" / name, verify_on=photo_files)
    assert os.listdir(path.parent) == [name]
    height, width = model.input_shape[1:3]
    images = np.random.default_rng(0).integers(0, 256, (5, height, width, 3)).astype("float32")
    found, card = run(path, images)
    expected = model.predict_on_batch(images)
    assert expected.std(axis=0).max() > 0.05
    tolerance = 1e-2 if make is mixed_precision else 1e-5
    np.testing.assert_allclose(found, expected, atol=tolerance)
    assert card["class_names"] == CLASSES
    assert card["image_size"] == [height, width]
    assert card["multi_label"] is (make is multi_label)
    assert card["background"] == ([10, 20, 30] if make is multi_label else [255, 255, 255])
    ways = {multi_label: "stretch", random_in_training: "pad"}
    assert card["resize"] == ways.get(make, "crop")


FAMILIES = {row.family: row for row in reversed(BACKBONES.values())}


@pytest.mark.zoo
@pytest.mark.parametrize("file_format", [*FORMATS, "int8"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_goes_into_every_format(
    family, file_format, spread_out, photo_files, tmp_path
):
    row = FAMILIES[family]
    _goes_into(row.name, row.smallest_size, file_format, spread_out, photo_files, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.parametrize("name", ["MobileNetV3Small", "EfficientNetB0"])
def test_a_family_that_normalises_inside_goes_into_every_format(
    name, file_format, spread_out, photo_files, tmp_path
):
    _goes_into(name, 32, file_format, spread_out, photo_files, tmp_path)


def _goes_into(name, size, file_format, spread_out, photo_files, tmp_path):
    model = ktl.build_classifier(name, CLASSES, weights=None, image_size=size)
    model = spread_out(model)
    if file_format == "int8":
        options = {"precision": "int8", "representative": photo_files, "largest_drop": 0.25}
        export_litert(model, tmp_path / "m.tflite", verify_on=photo_files, **options)
    else:
        export, file_name, _ = FORMATS[file_format]
        export(model, tmp_path / file_name, verify_on=photo_files)
