import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_tl.serving.onnx_file import export_onnx

SCRIPT = Path(importlib.util.find_spec("keras_tl.serving.file_proof").origin).with_name(
    "fresh_runtime.py"
)


@pytest.mark.parametrize("name", ["keras", "keras_tl", "tensorflow", "tensorflow.lite", "tf2onnx"])
def test_what_made_the_file_cannot_be_imported_there(name):
    start = SCRIPT.read_text().split("BATCH_SIZE")[0]
    command = [sys.executable, "-I", "-c", f"{start}\nimport {name}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "ModuleNotFoundError" in done.stderr


@pytest.mark.filterwarnings("ignore:.*unproven")
def test_more_pictures_than_a_batch_come_back_in_order(make_model, tmp_path):
    model = make_model()
    path = export_onnx(model, tmp_path / "m.onnx", verify_on=None)
    images = np.random.default_rng(0).integers(0, 256, (70, 16, 16, 3)).astype("float32")
    np.save(tmp_path / "request.npy", images)
    ends = [str(tmp_path / "request.npy"), str(tmp_path / "response.npz")]
    subprocess.run([sys.executable, "-I", str(SCRIPT), "onnx", str(path), *ends], check=True)
    with np.load(tmp_path / "response.npz") as response:
        np.testing.assert_allclose(
            response["probabilities"], model.predict_on_batch(images), atol=1e-5
        )
        np.testing.assert_allclose(response["alone"], response["probabilities"][:1], atol=1e-5)
        assert json.dumps(response["class_names"].tolist()) == '["ant", "bee", "cat"]'
