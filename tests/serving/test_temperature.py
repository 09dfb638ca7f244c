"""What is served has the temperature of the model."""

import numpy as np
import onnxruntime
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from keras import layers
from scipy.special import softmax

from keras_tl.models.temperature import logits_model, set_temperature
from keras_tl.serving.graphs.traced import traced

IMAGES = np.random.default_rng(0).uniform(0, 255, (4, 16, 16, 3)).astype("float32")


def by_saved_model(path):
    signature = tf.saved_model.load(str(path)).signatures["serving_images"]
    return signature(images=tf.constant(IMAGES))["probabilities"].numpy()


def by_litert(path):
    answer = Interpreter(str(path)).get_signature_runner("serving_default")
    return answer(images=IMAGES)["probabilities"]


def by_onnx(path):
    session = onnxruntime.InferenceSession(path)
    return session.run(["probabilities"], {"images": IMAGES})[0]


ASK = {"saved_model": by_saved_model, "litert": by_litert, "onnx": by_onnx}


@pytest.fixture
def calibrated(classifier_of):
    """A model at a temperature of 3 that has answered at one of 1, and what it should answer."""
    model = classifier_of(lambda images: layers.Conv2D(8, 3, strides=2)(images))
    logits = logits_model(model).predict(IMAGES, verbose=0)
    assert np.abs(softmax(logits, axis=1) - model.predict(IMAGES, verbose=0)).max() < 1e-5
    set_temperature(model, 3.0)
    assert np.abs(softmax(logits, axis=1) - softmax(logits / 3, axis=1)).max() > 0.1
    return model, softmax(logits / 3, axis=1)


def test_the_graph_that_converters_read_has_it(calibrated):
    model, expected = calibrated
    found = traced(model)(images=tf.constant(IMAGES))["probabilities"].numpy()
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("file_format", ASK)
def test_every_format_has_it(calibrated, export_as, photo_files, tmp_path, file_format):
    model, expected = calibrated
    path = export_as(file_format, model, tmp_path, verify_on=photo_files)
    np.testing.assert_allclose(ASK[file_format](path), expected, atol=1e-4)
