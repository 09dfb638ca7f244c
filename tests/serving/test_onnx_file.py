import errno
import logging
import os

import onnx
import pytest
import tensorflow as tf

import keras_tl as ktl
from keras_tl.serving import onnx_file
from keras_tl.serving.graphs import to_onnx
from keras_tl.serving.onnx_file import export_onnx


def test_the_file_has_one_input_and_one_output_of_any_batch(make_model, photo_files, tmp_path):
    path = export_onnx(make_model(), tmp_path / "m.onnx", verify_on=photo_files)
    graph = onnx.load(path).graph
    shapes = {
        end.name: [dim.dim_param or dim.dim_value for dim in end.type.tensor_type.shape.dim]
        for end in (*graph.input, *graph.output)
    }
    assert shapes == {"images": ["batch", 16, 16, 3], "probabilities": ["batch", 3]}


def test_the_surroundings_stay_as_they_were(make_model, photo_files, tmp_path):
    logger = logging.getLogger("tensorflow")
    before = logger.level, tf.config.functions_run_eagerly()
    export_onnx(make_model(), tmp_path / "m.onnx", verify_on=photo_files)
    assert (logger.level, tf.config.functions_run_eagerly()) == before


def test_a_path_that_does_not_fit_is_refused(make_model, tmp_path):
    with pytest.raises(ValueError, match=r"`path` must end in '\.onnx'"):
        export_onnx(make_model(), tmp_path / "m.tflite", verify_on=None)


@pytest.mark.parametrize("names", [["bee", "ant", "cat"], ["ant", "bee"]])
def test_other_class_names_are_refused(make_model, photo_files, tmp_path, monkeypatch, names):
    right = onnx_file.card_of
    monkeypatch.setattr(onnx_file, "card_of", lambda _: right(make_model(names)))
    with pytest.raises(ktl.ExportError, match="other class names than the model"):
        export_onnx(make_model(), tmp_path / "out" / "m.onnx", verify_on=photo_files)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_file_of_another_model_is_refused(make_model, photo_files, tmp_path, monkeypatch):
    right, other = onnx_file.traced, make_model(seed=1)
    monkeypatch.setattr(onnx_file, "traced", lambda _: right(other))
    with pytest.raises(ktl.ExportError, match=r"other probabilities.*allowed 0\.001"):
        export_onnx(make_model(), tmp_path / "out" / "m.onnx", verify_on=photo_files)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_graph_that_breaks_the_standard_is_refused(make_model, tmp_path, monkeypatch):
    right = to_onnx.to_onnx

    def with_a_made_up_operation(graph):
        proto = right(graph)
        proto.graph.node[0].op_type = "Erfc"
        return proto

    monkeypatch.setattr(to_onnx, "to_onnx", with_a_made_up_operation)
    with pytest.raises(ktl.ExportError, match=r"cannot be converted to ONNX.*Erfc"):
        export_onnx(make_model(), tmp_path / "out" / "m.onnx", verify_on=None)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_full_disk_leaves_nothing(make_model, tmp_path, monkeypatch):
    def fail(_, path):
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(onnx, "save", fail)
    with pytest.raises(OSError, match=r"Could not write '.*m\.onnx'.*No space left"):
        export_onnx(make_model(), tmp_path / "out" / "m.onnx", verify_on=None)
    assert list((tmp_path / "out").iterdir()) == []
