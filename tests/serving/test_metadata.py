import json
import zipfile

from keras_tl.serving.metadata import append_metadata, metadata


def test_it_says_how_a_picture_is_prepared(make_model):
    names = ["Ameise", "Büffel", "猫"]
    model = make_model(names, image_size=20, resize="pad", background=(1, 2, 3))
    card = json.loads(metadata(model, "int8"))
    assert card["class_names"] == names
    assert (card["image_size"], card["resize"]) == ([20, 20], "pad")
    assert card["background"] == [1, 2, 3]
    assert card["precision"] == "int8"
    assert "0..255" in card["images"]


def test_it_is_appended_so_that_what_was_there_stays_in_front(tmp_path):
    path = tmp_path / "m.tflite"
    path.write_bytes(b"content of a file")
    append_metadata(path, '{"a": "é"}')
    assert path.read_bytes().startswith(b"content of a file")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("keras_tl.json")) == {"a": "é"}
