"""The contract of all formats: a table of formats, a table of models, the table of families."""

import json
import os
import zipfile

import keras
import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from keras import layers

import keras_tl as ktl
from keras_tl.models.backbones import BACKBONES
from keras_tl.serving.card_file import read_card
from keras_tl.serving.graphs.to_litert import PRECISIONS

CLASSES = ["ant", "bee", "cat"]


def run_saved_model(path, images):
    signature = tf.saved_model.load(str(path)).signatures["serving_images"]
    card = json.loads((path / "assets.extra" / "model_card.json").read_text("utf-8"))
    return signature(images=tf.constant(images))["probabilities"].numpy(), card


def run_litert(path, images):
    answer = Interpreter(str(path)).get_signature_runner("serving_default")
    with zipfile.ZipFile(path) as archive:
        card = json.loads(archive.read("keras_tl.json"))
    return answer(images=images)["probabilities"], card


def run_onnx(path, images):
    session = onnxruntime.InferenceSession(path)
    card = json.loads(session.get_modelmeta().custom_metadata_map["keras_tl"])
    return session.run(["probabilities"], {"images": images})[0], card


RUN = {"saved_model": run_saved_model, "litert": run_litert, "onnx": run_onnx}


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


HARDEST = [glyphs, grouped_and_exact, mixed_precision]
MODELS = [glyphs, residual, grouped_and_exact, multi_label, random_in_training, mixed_precision]


@pytest.mark.parametrize(
    ("file_format", "make"),
    [
        *(pytest.param("saved_model", make, marks=pytest.mark.slow) for make in HARDEST),
        *(("litert", make) for make in MODELS),
        *(("onnx", make) for make in MODELS),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_the_export_answers_as_the_model_and_describes_it(
    file_format, make, classifier_of, spread_out, photo_files, export_as, tmp_path
):
    model = make(classifier_of, spread_out)
    path = export_as(file_format, model, tmp_path / "out", verify_on=photo_files)
    assert os.listdir(path.parent) == [path.name]
    height, width = model.input_shape[1:3]
    images = np.random.default_rng(0).integers(0, 256, (5, height, width, 3)).astype("float32")
    found, card = RUN[file_format](path, images)
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
    assert card["verification"]["examples"] == len(photo_files)


FAMILIES = {row.family: row for row in reversed(BACKBONES.values())}
EVERY_FORMAT = ["saved_model", "head", "litert", "float16", "dynamic", "int8", "onnx"]
LIGHT = [("MobileNetV3Small", name) for name in ("saved_model", "litert", "int8", "onnx")]


@pytest.mark.zoo
@pytest.mark.parametrize("file_format", EVERY_FORMAT)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_goes_into_every_format(
    family, file_format, spread_out, photo_files, export_as, tmp_path
):
    row = FAMILIES[family]
    model = ktl.build_classifier(row.name, CLASSES, weights=None, image_size=row.smallest_size)
    goes_into(file_format, spread_out(model), photo_files, export_as, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "file_format"), [*LIGHT, ("EfficientNetB0", "litert"), ("EfficientNetB0", "onnx")]
)
def test_a_light_family_goes_into_every_format(
    name, file_format, spread_out, photo_files, export_as, tmp_path
):
    model = ktl.build_classifier(name, CLASSES, weights=None, image_size=32)
    goes_into(file_format, spread_out(model), photo_files, export_as, tmp_path)


def goes_into(file_format, model, photo_files, export_as, tmp_path):
    """Exports, which proves it; a sharp head on random weights shows rounding more than usual."""
    options = {}
    if file_format in PRECISIONS:
        options = {"precision": file_format, "tolerance": 0.1, "largest_drop": 0.5}
        options["representative"] = photo_files if file_format == "int8" else None
        file_format = "litert"
    path = export_as(file_format, model, tmp_path, verify_on=photo_files, **options)
    assert ktl.Verification.from_dict(read_card(path)["verification"]).examples == len(photo_files)
