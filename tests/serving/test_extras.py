import sys

import pytest

from keras_tl.serving.extras import require_extra
from keras_tl.serving.litert import export_litert
from keras_tl.serving.onnx_file import export_onnx


def test_what_is_installed_passes():
    require_extra("litert")
    require_extra("onnx")
    require_extra("client")
    require_extra("saved_model")


@pytest.mark.parametrize(
    ("export", "library", "extra"),
    [(export_litert, "ai_edge_litert", "litert"), (export_onnx, "tf2onnx", "onnx")],
)
def test_a_missing_library_is_named_with_the_command(
    export, library, extra, make_model, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, library, None)
    suffix = {"litert": "tflite", "onnx": "onnx"}[extra]
    with pytest.raises(
        ImportError, match=rf"'{extra}' needs {library}, .*pip install 'keras-tl\[{extra}\]'"
    ):
        export(make_model(), tmp_path / f"m.{suffix}", verify_on=None)
    assert list(tmp_path.iterdir()) == []
