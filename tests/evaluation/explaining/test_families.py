import numpy as np
import pytest
import tensorflow as tf
from keras import Model

import keras_tl as ktl
from keras_tl.models.backbones import BACKBONES

LIGHT = ["MobileNet", "MobileNetV2", "MobileNetV3Small", "EfficientNetV2B0", "ResNet50", "VGG16"]
OTHERS = ["ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "InceptionResNetV2", "InceptionV3",
          "NASNetMobile", "ResNet50V2", "VGG19", "Xception"]  # fmt: skip


def test_there_is_a_member_of_each_family():
    families = {row.family for row in BACKBONES.values()}
    assert {BACKBONES[name].family for name in LIGHT + OTHERS} == families


def check(name):
    """Zhou et al., 2015, arXiv:1512.04150: under a pooled linear head it is CAM by the places."""
    size = max(96, 2 * BACKBONES[name].smallest_size)  # where the last map has several places
    model = ktl.build_classifier(name, ["a", "b"], image_size=size, weights=None)
    maps = Model(model.input, model.get_layer("head_average").input)
    images = np.random.default_rng(0).integers(0, 256, (2, size, size, 3)).astype("float32")
    features = maps.predict(images, verbose=0)
    kernel = model.get_layer("head_logits").get_weights()[0][:, 0]
    rows, columns = features.shape[1:3]
    cam = np.maximum(features @ kernel, 0) / (rows * columns)
    found = ktl.explain(model, images, classes="a")
    expected = tf.image.resize(cam[..., None], (size, size))[..., 0]
    raw = found.maps * found.peaks[:, None, None]
    np.testing.assert_allclose(raw, expected, atol=1e-3 * cam.max() + 1e-9)
    assert found.boundary == ktl.chain(model).names[-2]
    return model, images


@pytest.mark.slow
@pytest.mark.parametrize("name", LIGHT)
def test_light_families_are_explained(name):
    check(name)


@pytest.mark.zoo
@pytest.mark.parametrize("name", OTHERS)
def test_other_families_are_explained(name):
    check(name)


@pytest.mark.zoo
@pytest.mark.parametrize("name", LIGHT + OTHERS)
@pytest.mark.parametrize("method", ["grad-cam++", "hires-cam", "integrated-gradients", "occlusion"])
def test_each_method_explains_each_family(name, method):
    size = max(96, BACKBONES[name].smallest_size)
    model = ktl.build_classifier(name, ["a", "b"], image_size=size, weights=None)
    images = np.random.default_rng(0).integers(0, 256, (1, size, size, 3)).astype("float32")
    options = {"integrated-gradients": {"steps": 4}, "occlusion": {"patch": 24, "stride": 24}}
    found = ktl.explain(model, images, method=method, top=2, **options.get(method, {}))
    assert np.isfinite(found.maps).all()
    assert found.maps.any()


@pytest.mark.zoo
@pytest.mark.parametrize("name", LIGHT)
def test_score_cam_explains_light_families(name):
    model = ktl.build_classifier(
        name, ["a", "b"], image_size=96, weights=None, boundary="stage3", pooling="flatten"
    )
    images = np.random.default_rng(0).integers(0, 256, (1, 96, 96, 3)).astype("float32")
    found = ktl.explain(model, images, method="score-cam")
    assert np.isfinite(found.maps).all()


@pytest.mark.slow
def test_a_model_of_keras_with_its_own_top_is_explained():
    model = BACKBONES["MobileNetV3Small"].constructor(
        weights=None, classes=5, input_shape=(96, 96, 3), classifier_activation="softmax"
    )
    images = np.random.default_rng(0).integers(0, 256, (2, 96, 96, 3)).astype("float32")
    found = ktl.explain(model, images, top=5)
    assert sorted(found.classes[:5]) == ["0", "1", "2", "3", "4"]
    assert found.maps.shape == (10, 96, 96)
    assert found.maps.any()
