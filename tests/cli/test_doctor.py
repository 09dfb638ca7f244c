import platform

import keras


def test_versions_devices_weights_and_traps_are_shown(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    code, text = cli("doctor")
    assert code == 0, text
    for words in (keras.__version__, platform.python_version(), "cpu:0", "tensorboard", "glyph"):
        assert words in text
    assert str(tmp_path / "models") in text
    assert "training=False" in text


def test_weights_that_are_missing_are_seen(cli, tmp_path, monkeypatch):
    from dataclasses import replace

    from keras_tl.models.weights import glyphs

    gone = replace(glyphs.GLYPHS, path=tmp_path / "gone.h5")
    monkeypatch.setattr(glyphs, "GLYPHS", gone)
    _, text = cli("doctor")
    (line,) = (line for line in text.splitlines() if "glyph weights" in line)
    assert "missing" in line
