import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

import keras_tl as ktl
from keras_tl.serving.proving.proof_images import as_taken_by
from keras_tl.serving.proving.served import serve

SCRIPT = Path(importlib.util.find_spec("keras_tl.serving.proving.fresh_process").origin)


IMPORTING = """
import runpy, sys
script = runpy.run_path(sys.argv[1])
load, runtime, unimportable = script["RUNTIMES"][sys.argv[2]]
def try_to_import(path):
    __import__(sys.argv[3])
script["RUNTIMES"][sys.argv[2]] = (try_to_import, "json", unimportable)
script["unpacked"].__globals__["unpacked"] = lambda request: []
script["main"](sys.argv[2], "", "", "", "0")
"""


@pytest.mark.parametrize(
    ("file_format", "name"),
    [
        ("saved_model", "keras"),
        ("saved_model", "keras_tl.models.heads"),
        ("litert", "tensorflow.lite"),
        ("litert", "keras.layers"),
        ("onnx", "keras_tl"),
        ("onnx", "tensorflow"),
        ("onnx", "tf2onnx"),
    ],
)
def test_what_made_the_export_cannot_be_imported_there(file_format, name):
    command = [sys.executable, "-I", "-c", IMPORTING, str(SCRIPT), file_format, name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("ModuleNotFoundError")
    assert name.split(".")[0] in last


def test_an_export_that_needs_python_of_ours_is_refused(make_model, tmp_path, files, monkeypatch):
    from keras_tl.serving import saved_model

    right = saved_model.inference_function

    def with_python(model):
        def through_python(images):
            found = right(model)(images)
            same = tf.numpy_function(lambda values: values, [found], tf.float32)
            return tf.ensure_shape(same, found.shape)

        return through_python

    monkeypatch.setattr(saved_model, "inference_function", with_python)
    with pytest.raises(ktl.ExportError, match="cannot be run by TensorFlow alone"):
        ktl.export_saved_model(make_model(), tmp_path / "out" / "1", verify_on=files)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.filterwarnings("ignore:.*unproven")
@pytest.mark.parametrize("file_format", ["saved_model", "litert", "onnx"])
def test_more_pictures_than_a_batch_come_back_in_order(
    make_model, export_as, tmp_path, data, file_format
):
    model, split = make_model(), data.train.in_order()
    path = export_as(file_format, model, tmp_path, verify_on=None)
    assert split.size > 32
    served = serve(path, model, as_taken_by(model, split.encoded()))
    expected = ktl.predict(model, split)
    assert served["all"]["label"].tolist() == expected.labels
    assert abs(served["all"]["probabilities"] - expected.probabilities).max() < 1e-5
    assert served["all"]["score"] == pytest.approx(expected.scores, abs=1e-5)
    assert served["again"]["label"].tolist() == expected.labels[:32]
    assert served["alone"]["label"].tolist() == expected.labels[:8]
    assert set(served["measured"]) == {"cold_start"}
    if file_format == "saved_model":
        bad = served["bad"]["label"].tolist()
        assert bad == [expected.labels[0], "", "", expected.labels[-1]]
    else:
        assert "bad" not in served


@pytest.mark.filterwarnings("ignore:.*unproven")
def test_a_file_of_several_labels_answers_as_a_savedmodel_does(
    make_model, export_as, tmp_path, data
):
    model, split = make_model(multi_label=True), data.test
    path = export_as("onnx", model, tmp_path, verify_on=None)
    outputs = serve(path, model, as_taken_by(model, split.encoded()))["all"]
    assert set(outputs) == {"probabilities", "classes", "selected"}
    expected = model.predict_on_batch(split.images()) >= 0.5
    assert outputs["selected"].tolist() == expected.tolist()
    assert outputs["classes"].tolist() == [ktl.class_names(model)] * split.size
