"""What holds for exports of every format when something goes wrong."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import keras_tl as ktl
from keras_tl.models.heads import put_head
from keras_tl.serving import exporting

FORMATS = ["saved_model", "head", "litert", "onnx"]


@pytest.mark.filterwarnings("ignore:.*unproven")
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES])
@pytest.mark.parametrize(("where", "name"), [(exporting, "write_card"), (os, "replace")])
@pytest.mark.parametrize("file_format", FORMATS)
def test_an_error_of_the_disk_names_the_path_and_leaves_nothing(
    make_model, export_as, tmp_path, monkeypatch, file_format, where, name, code
):
    def fail(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(where, name, fail)
    message = rf"Could not write '.*out/.*': {os.strerror(code)}\. Nothing was left"
    with pytest.raises(OSError, match=message) as caught:
        export_as(file_format, make_model(), tmp_path / "out", verify_on=None)
    assert caught.value.errno == code
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_disk_that_is_full_when_the_proof_is_written_leaves_nothing(
    make_model, export_as, tmp_path, files, monkeypatch, file_format
):
    right = exporting.write_card
    proof = ktl.Verification(
        examples=1, label_agreement=1.0, largest_difference=0.0, batch_difference=0.0,
        repeat_difference=0.0, to_itself=1e-4,
    )  # fmt: skip

    def fail_if_proven(export, card):
        if card["verification"]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        right(export, card)

    monkeypatch.setattr(exporting, "prove", lambda *_, **__: proof)
    monkeypatch.setattr(exporting, "write_card", fail_if_proven)
    with pytest.raises(OSError, match="No space left on device"):
        export_as(file_format, make_model(), tmp_path / "out", verify_on=files)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_gate_that_fails_leaves_nothing(
    make_model, export_as, tmp_path, files, monkeypatch, file_format
):
    def fail(*_, **__):
        raise ktl.ExportError("The gate says no.")

    monkeypatch.setattr(exporting, "prove", fail)
    with pytest.raises(ktl.ExportError, match="says no"):
        export_as(file_format, make_model(), tmp_path / "out", verify_on=files)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("file_format", FORMATS)
def test_an_open_image_size_is_refused_before_anything_is_written(
    export_as, tmp_path, files, file_format
):
    images = keras.Input((None, None, 3))
    settings = {"pooling": "avg", "head": "linear", "dropout": 0.0, "multi_label": False}
    head = put_head(keras.layers.Conv2D(4, 3)(images), ["ant", "bee"], **settings)
    with pytest.raises(ValueError, match=r"`model` must have a fixed image size.*image_size="):
        export_as(file_format, keras.Model(images, head), tmp_path / "out", verify_on=files)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_model_of_another_make_is_refused(export_as, tmp_path, file_format):
    model = keras.Sequential([keras.Input((16, 16, 3)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match=r"made by `keras_tl\.build_classifier`"):
        export_as(file_format, model, tmp_path, verify_on=None)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_export_left_is_named(make_model, export_as, tmp_path):
    half = tmp_path / ".0123abcd.m.onnx"
    half.write_bytes(b"half")
    (tmp_path / ".0123abcd.other.onnx").write_bytes(b"half of another")
    with (
        pytest.warns(UserWarning, match="unproven"),
        pytest.warns(UserWarning, match=r"'.*/\.0123abcd\.m\.onnx' is half an export") as caught,
    ):
        export_as("onnx", make_model(), tmp_path, verify_on=None)
    assert half.is_file()
    assert len([one for one in caught if "half" in str(one.message)]) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
import keras_tl as ktl
from keras_tl.serving import exporting
model = ktl.load_classifier(sys.argv[1])
exporting.prove = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
exports = {"": ktl.export_saved_model, ".tflite": ktl.export_litert, ".onnx": ktl.export_onnx}
exports[Path(sys.argv[2]).suffix](model, sys.argv[2], verify_on=[sys.argv[3]])
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["1", "m.onnx"])
def test_a_killed_export_leaves_nothing_that_a_server_would_take(
    make_model, tmp_path, files, export_as, name
):
    make_model().save(tmp_path / "model.keras")
    path = tmp_path / "out" / name
    command = [sys.executable, "-c", KILLED, tmp_path / "model.keras", path, files[0]]
    done = subprocess.run(list(map(str, command)), capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = path.parent.iterdir()
    assert left.name.startswith(".")
    file_format = {"": "saved_model", ".tflite": "litert", ".onnx": "onnx"}[Path(name).suffix]
    with pytest.warns(UserWarning, match=f"{left.name}' is half an export to .*remove it"):
        assert export_as(file_format, make_model(), path.parent, verify_on=files) == path
