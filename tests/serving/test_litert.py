import errno
import os
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from keras import layers

import keras_tl as ktl
from keras_tl.serving import litert
from keras_tl.serving.graphs import to_litert
from keras_tl.serving.litert import export_litert


@pytest.fixture
def model(classifier_of):
    def body(images):
        images = layers.Rescaling(1 / 255)(images)
        wide = layers.Conv2D(64, 3, strides=2, activation="relu")(images)
        return layers.Conv2D(64, 3, strides=2, activation="relu")(wide)

    return classifier_of(body)


def types_of(path):
    """The types of the tensors in a LiteRT file, and those at its two ends."""
    interpreter = Interpreter(str(path))
    inner = {detail["dtype"] for detail in interpreter.get_tensor_details()}
    ends = [*interpreter.get_input_details(), *interpreter.get_output_details()]
    return inner, {detail["dtype"] for detail in ends}


def test_precisions_make_files_of_the_size_they_promise(model, photo_files, tmp_path):
    options = {"dynamic": {}, "float16": {}, "float32": {}}
    options["int8"] = {"representative": photo_files}
    sizes, types = {}, {}
    for precision, more in options.items():
        path = tmp_path / f"{precision}.tflite"
        export_litert(
            model, path, precision=precision, verify_on=photo_files, largest_drop=0.2, **more
        )
        sizes[precision] = path.stat().st_size
        types[precision], ends = types_of(path)
        assert ends == {np.float32}
    assert 1.8 < sizes["float32"] / sizes["float16"] < 2.1
    assert 3 < sizes["float32"] / sizes["dynamic"] < 4.1
    assert np.float16 in types["float16"]
    assert np.int8 in types["int8"]
    assert {np.float32} <= types["dynamic"] - {np.int32}


@pytest.mark.slow
def test_int8_of_a_trained_model_costs_little_accuracy(tmp_path):
    data = ktl.load_data("digits", image_size=48, labels_per_class=10)
    backbone = {"weights": "glyphs", "boundary": "stage4", "pooling": "flatten"}
    model = ktl.build_classifier("MobileNetV2", data, **backbone)
    ktl.fine_tune(model, data, recipe="linear-probe", verbose=0)
    options = {"precision": "int8", "representative": data.train, "verify_on": data.test}
    path = export_litert(model, tmp_path / "m.tflite", **options)
    proof = ktl.verify_export(path, model, data.test, accuracy_at_least=0.85)
    assert proof.model_accuracy > 0.9
    assert proof.drop == pytest.approx(proof.model_accuracy - proof.accuracy)
    assert proof.drop <= 0.02


def test_the_same_model_gives_the_same_metadata_bytes_and_one_signature(
    model, photo_files, tmp_path
):
    first, second = (
        export_litert(model, tmp_path / name, verify_on=photo_files).read_bytes()
        for name in ("1.tflite", "2.tflite")
    )
    assert first[-200:] == second[-200:]
    signatures = Interpreter(str(tmp_path / "1.tflite")).get_signature_list()
    assert signatures == {"serving_default": {"inputs": ["images"], "outputs": ["probabilities"]}}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"precision": "float8"}, r"`precision` must be one of .*Received: precision='float8'"),
        ({"precision": "int8"}, r"`representative` must be typical pictures.*representative=None"),
        ({"representative": ["a.png"]}, r"`representative` must be .*precision='float32'"),
        ({"largest_drop": 2}, r"`largest_drop` must be between 0\.0 and 1\.0"),
    ],
)
def test_options_that_do_not_fit_are_refused(make_model, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        export_litert(make_model(), tmp_path / "m.tflite", verify_on=None, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_does_not_fit_is_refused(make_model, tmp_path):
    with pytest.raises(ValueError, match=r"`path` must end in '\.tflite'.*m\.lite"):
        export_litert(make_model(), tmp_path / "m.lite", verify_on=None)
    taken = tmp_path / "m.tflite"
    taken.write_text("mine")
    with pytest.raises(ValueError, match=r"`path` must not exist.*another name"):
        export_litert(make_model(), taken, verify_on=None)
    assert taken.read_text() == "mine"


def test_quantisation_that_costs_too_much_leaves_no_file(model, photo_files, tmp_path, monkeypatch):
    white = np.full((4, 16, 16, 3), 255, "float32")
    monkeypatch.setattr(litert, "decoded_images", lambda *_: white * 1e-3)
    with pytest.raises(ktl.ExportError, match=r"quantised export gives other labels.*allowed 2\.0"):
        export_litert(
            model,
            tmp_path / "out" / "m.tflite",
            precision="int8",
            representative=photo_files,
            verify_on=photo_files,
        )
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.filterwarnings("ignore:.*unproven")
def test_verify_holds_a_quantised_file_to_the_same(model, photo_files, tmp_path, monkeypatch):
    nearly_black = np.full((4, 16, 16, 3), 255e-3, "float32")
    monkeypatch.setattr(litert, "decoded_images", lambda *_: nearly_black)
    options = {"precision": "int8", "representative": photo_files}
    path = export_litert(model, tmp_path / "m.tflite", verify_on=None, **options)
    with pytest.raises(ktl.ExportError, match=r"quantised export gives .* \(allowed 2\.0%\)"):
        ktl.verify_export(path, model, photo_files)
    proof = ktl.verify_export(path, model, photo_files, largest_drop=1.0)
    assert proof.drop == pytest.approx(1 - proof.label_agreement)
    assert proof.tolerance is None


def test_a_tolerance_that_is_asked_for_counts(model, photo_files, tmp_path):
    with pytest.raises(ktl.ExportError, match=r"other probabilities.*allowed 1e-09"):
        export_litert(
            model,
            tmp_path / "m.tflite",
            precision="float16",
            tolerance=1e-9,
            verify_on=photo_files,
        )
    assert not (tmp_path / "m.tflite").exists()


def test_a_file_that_does_not_run_is_refused(make_model, photo_files, tmp_path, monkeypatch):
    right = to_litert.to_litert
    monkeypatch.setattr(to_litert, "to_litert", lambda *args: right(*args)[:2000])
    with pytest.raises(ktl.ExportError, match="cannot be run by LiteRT alone"):
        export_litert(make_model(), tmp_path / "out" / "m.tflite", verify_on=photo_files)
    assert list((tmp_path / "out").iterdir()) == []


def test_an_unproven_file_is_named(make_model, tmp_path):
    with pytest.warns(UserWarning, match=r"m\.tflite' is exported unproven") as caught:
        export_litert(make_model(), tmp_path / "m.tflite", verify_on=None)
    assert Path(caught[0].filename) == Path(__file__)


def test_a_full_disk_leaves_nothing(make_model, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match=r"Could not write '.*m\.tflite'.*No space left"):
        export_litert(make_model(), tmp_path / "out" / "m.tflite", verify_on=None)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.filterwarnings("ignore:.*unproven")
def test_a_full_disk_of_temporary_files_leaves_nothing(make_model, tmp_path, monkeypatch):
    def fail(*_, **__):
        message = "{{function_node x}} tmp/part-0; No space left on device [Op:SaveV2]"
        raise tf.errors.ResourceExhaustedError(None, None, message)

    monkeypatch.setattr(tf.saved_model, "save", fail)
    with pytest.raises(OSError, match=r"Could not write '.*m\.tflite'.*No space left on device"):
        export_litert(make_model(), tmp_path / "out" / "m.tflite", verify_on=None)
    assert list((tmp_path / "out").iterdir()) == []
