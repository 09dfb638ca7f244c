import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import keras_tl as ktl

CLIENT = Path(__file__).with_name("c_api_client.py")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*unproven")
def test_a_server_without_python_tensorflow_gives_what_predict_says(make_model, files, tmp_path):
    model = make_model(["café", "ночь", "猫"])
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"not a picture")
    ktl.export_saved_model(model, tmp_path / "1", verify_on=None)
    libraries = Path(tf.sysconfig.get_lib())
    asked = [*files[:2], bad, *files[2:]]
    command = [sys.executable, "-I", "-S", CLIENT, libraries, tmp_path / "1", *asked]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["modules"] == []
    expected = ktl.predict(model, files)
    assert answer["label"].pop(2) == ""
    assert answer["label"] == expected.labels
    found = np.reshape(answer["probabilities"], (6, 3))
    assert np.isnan(found[2]).all()
    np.testing.assert_allclose(np.delete(found, 2, 0), expected.probabilities, atol=1e-5)
    np.testing.assert_allclose(np.delete(answer["score"], 2), expected.scores, atol=1e-5)
    assert answer["classes"] == ktl.class_names(model) * 6
