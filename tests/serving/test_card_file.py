import json
import zipfile

import onnx
import pytest

from keras_tl.serving import card_file
from keras_tl.serving.card_file import card_of, read_card, write_card


def test_a_card_says_what_the_model_takes(make_model):
    names = ["café", "猫"]
    card = card_of(make_model(names, multi_label=True, resize="pad", background=(1, 2, 3)))
    assert card["class_names"] == names
    assert card["multi_label"] is True
    assert card["image_size"] == [16, 16]
    assert card["resize"] == "pad"
    assert card["background"] == [1, 2, 3]
    assert card["backbone"] == "small"
    assert {"python", "keras", "keras-tl", "tensorflow"} <= set(card["versions"])


def a_directory(folder):
    (folder / "1").mkdir()
    return folder / "1"


def a_litert_file(folder):
    (folder / "m.tflite").write_bytes(b"content of a file")
    return folder / "m.tflite"


def an_onnx_file(folder):
    graph = onnx.helper.make_graph([], "empty", [], [])
    onnx.save(onnx.helper.make_model(graph), folder / "m.onnx")
    return folder / "m.onnx"


@pytest.mark.parametrize("make", [a_directory, a_litert_file, an_onnx_file])
def test_a_card_that_is_written_is_read_again_and_takes_the_place_of_an_older_one(
    make, make_model, tmp_path
):
    export = make(tmp_path)
    assert read_card(export) == {}
    card = card_of(make_model(["café", "猫"]))
    for written in (card, {**card, "verification": {"examples": 3}}, {"a": "é"}):
        write_card(export, written)
        assert read_card(export) == json.loads(json.dumps(written)) == written


def test_the_card_of_a_savedmodel_is_a_file_that_people_can_read(make_model, tmp_path):
    write_card(tmp_path, card_of(make_model(["café", "猫"])))
    assert "猫" in (tmp_path / "assets.extra" / "model_card.json").read_text("utf-8")


def test_the_card_of_a_litert_file_lies_behind_what_was_there(tmp_path):
    path = a_litert_file(tmp_path)
    for card in ({"a": "é" * 1000}, {"a": "é"}):
        write_card(path, card)
    content = path.read_bytes()
    assert content.startswith(b"content of a file")
    assert len(content) < 300
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["keras_tl.json"]
        assert json.loads(archive.read("keras_tl.json")) == {"a": "é"}


def test_a_card_that_would_fill_memory_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(card_file, "MOST_BYTES", 1000)
    path = a_litert_file(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("keras_tl.json", " " * 1001)
    assert path.stat().st_size < 1000
    with pytest.raises(ValueError, match=r"card in '.*m\.tflite' has more than 1,000 bytes"):
        read_card(path)
