import json
import shlex

import pytest

import keras_tl as ktl


@pytest.fixture
def backbone(make_tiny, tmp_path):
    make_tiny("plain").save(tmp_path / "tiny.keras")
    return tmp_path / "tiny.keras"


@pytest.fixture
def trained_with(monkeypatch):
    """Settings that `train` was called with, instead of training."""
    from keras_tl.cli import train

    found = {}
    monkeypatch.setattr(train, "_train", lambda settings, *rest: found.update(settings))
    monkeypatch.setattr(train, "show_result", lambda run: None)
    return found


def test_advice_is_printed_and_written_and_its_command_is_understood(
    cli, photos, backbone, tmp_path, trained_with
):
    out = tmp_path / "advice"
    code, text = cli("recommend", photos, "--out", out, "--backbone", backbone)
    assert code == 0, text
    assert "28 training images of 2 classes" in text
    assert "[the only one]" in " ".join(text.split())
    written = json.loads((out / "advice.json").read_text())
    assert ktl.Recipe.from_file(out / "recipe.yaml").name == written["settings"]["recipe"]
    (line,) = [line for line in text.splitlines() if line.startswith("  keras-tl train")]
    code, text = cli(*shlex.split(line)[1:])
    assert code == 0, text
    assert trained_with["source"] == str(photos)
    assert trained_with["backbone"] == str(backbone)
    assert trained_with["recipe"] == str(out / "recipe.yaml")
    assert trained_with["image_size"] == written["settings"]["image_size"] == 16


def test_nothing_is_fetched_unasked(cli, photos):
    code, text = cli("recommend", photos, "--backbone", "VGG16", "--image-size", "32")
    assert code == 1
    assert "its weights are not at hand" in text
    assert "download=True" in text
