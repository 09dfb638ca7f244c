import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

import keras_tl as ktl
from keras_tl.serving.served import serve

SCRIPT = Path(importlib.util.find_spec("keras_tl.serving.verify").origin).with_name(
    "fresh_process.py"
)


@pytest.mark.parametrize("name", ["keras", "keras_tl", "keras.layers", "keras_tl.models.heads"])
def test_keras_and_keras_tl_cannot_be_imported_there(name):
    start = SCRIPT.read_text().split("BATCH_SIZE")[0]
    command = [sys.executable, "-I", "-c", f"{start}\nimport {name}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr or "ImportError" in done.stderr
    fine = [sys.executable, "-I", "-c", "import importlib.util as u; u.find_spec('keras_tl') or x"]
    assert subprocess.run(fine, check=False).returncode == 0


def test_an_export_that_needs_python_of_ours_is_refused(make_model, tmp_path, files, monkeypatch):
    from keras_tl.serving import saved_model

    right = saved_model.in_inference

    def with_python(model):
        def through_python(images):
            found = right(model)(images)
            same = tf.numpy_function(lambda values: values, [found], tf.float32)
            return tf.ensure_shape(same, found.shape)

        return through_python

    monkeypatch.setattr(saved_model, "in_inference", with_python)
    with pytest.raises(ktl.ExportError, match="cannot be served by TensorFlow alone"):
        ktl.export_saved_model(make_model(), tmp_path / "out" / "1", verify_on=files)
    assert list((tmp_path / "out").iterdir()) == []


def test_more_pictures_than_a_batch_come_back_in_order(make_model, tmp_path, data):
    with pytest.warns(UserWarning, match="unproven"):
        path = ktl.export_saved_model(make_model(), tmp_path / "1", verify_on=None)
    images = data.train.encoded()
    assert len(images) > 32
    served = serve(path, images)
    expected = ktl.predict(make_model(), data.train.in_order())
    assert served["all"]["label"].tolist() == expected.labels
    assert abs(served["all"]["probabilities"] - expected.probabilities).max() < 1e-5
    assert served["again"]["label"].tolist() == expected.labels[:32]
    assert served["alone"]["label"].tolist() == expected.labels[:8]
    bad = served["bad"]["label"].tolist()
    assert bad == [expected.labels[0], "", "", expected.labels[-1]]
    assert set(served["measured"]) == {"cold_start"}
