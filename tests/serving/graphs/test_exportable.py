import keras
import pytest
from keras import layers

import keras_tl as ktl
from keras_tl.serving.graphs.exportable import require_exportable
from keras_tl.serving.litert import export_litert
from keras_tl.serving.onnx_file import export_onnx
from keras_tl.serving.proving import reference

EXPORTS = {"litert": (export_litert, "m.tflite"), "onnx": (export_onnx, "m.onnx")}


def antialiased(images):
    return layers.Conv2D(4, 3)(layers.Resizing(12, 12, antialias=True)(images))


def bicubic(images):
    return layers.Conv2D(4, 3)(layers.UpSampling2D(2, interpolation="bicubic")(images))


@pytest.mark.parametrize(
    ("file_format", "body", "reason"),
    [
        ("litert", antialiased, "resizing with antialiasing"),
        ("onnx", antialiased, "resizing with antialiasing"),
        ("litert", bicubic, "bicubic resizing"),
    ],
)
def test_operations_that_a_format_lacks_are_named_before_the_work(
    file_format, body, reason, classifier_of, photo_files, tmp_path, monkeypatch
):
    model = classifier_of(body)
    monkeypatch.setattr(reference, "encoded_images", None)
    export, name = EXPORTS[file_format]
    with pytest.raises(ktl.ExportError, match=rf"cannot hold {reason}.*export_saved_model"):
        export(model, tmp_path / name, verify_on=photo_files)
    assert not (tmp_path / name).exists()


def test_a_format_that_has_the_operation_takes_it(classifier_of, photo_files, tmp_path):
    assert export_onnx(classifier_of(bicubic), tmp_path / "m.onnx", verify_on=photo_files).is_file()


def test_a_model_of_another_make_or_of_no_fixed_size_is_refused(tmp_path):
    stranger = keras.Sequential([keras.Input((16, 16, 3)), layers.Flatten()])
    with pytest.raises(ValueError, match=r"made by `keras_tl\.build_classifier`"):
        require_exportable("onnx", stranger, tmp_path / "m.onnx")
    images = keras.Input((None, None, 3))
    pooled = layers.GlobalAveragePooling2D()(images)
    probabilities = ktl.models.heads.ClassProbabilities(["a", "b", "c"])(pooled)
    with pytest.raises(ValueError, match="must have a fixed image size"):
        require_exportable("litert", keras.Model(images, probabilities), tmp_path / "m.tflite")


def test_another_backend_is_refused(make_model, tmp_path, monkeypatch):
    model = make_model()
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ktl.ExportError, match=r"needs Keras on TensorFlow\. Received: .*'jax'"):
        require_exportable("litert", model, tmp_path / "m.tflite")
