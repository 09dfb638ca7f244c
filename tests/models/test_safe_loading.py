"""Files of models from others can do no harm when they are loaded."""

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import pytest

import keras_tl as ktl
from keras_tl.foundation import archives

PACKAGE = Path(ktl.__file__).parent
WITH_PLAIN_KERAS = """
import sys, keras
try:
    keras.saving.load_model(sys.argv[1])
except TypeError as error:
    print(error)
"""


@pytest.fixture
def saved(make_model, tmp_path):
    make_model().save(tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_code_in_a_file_is_not_run(make_model, tmp_path, monkeypatch):
    def run(found):
        import os

        os.environ["RAN"] = "yes"
        return found

    bad = keras.Sequential([make_model(), keras.layers.Lambda(run)])
    bad.layers[-1].function = lambda found: run(found)
    bad.save(tmp_path / "bad.keras")
    monkeypatch.delenv("RAN")
    with pytest.raises(ValueError, match=r"`path` must be a `\.keras` file.*Lambda"):
        ktl.load_classifier(tmp_path / "bad.keras")
    assert "RAN" not in os.environ


def test_a_file_that_would_write_elsewhere_writes_nothing(saved, tmp_path):
    with zipfile.ZipFile(saved, "a") as archive:
        archive.writestr("assets/../../../evil.txt", b"evil")
        archive.writestr("assets/one.txt", b"fine")
    with pytest.raises(ValueError, match=r"would write outside its own directory"):
        ktl.load_classifier(saved)
    assert [path.name for path in tmp_path.iterdir()] == ["model.keras"]


def test_a_file_that_would_fill_memory_is_not_read(saved, monkeypatch):
    with zipfile.ZipFile(saved, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("assets/zeros", bytes(50_000_000))
    monkeypatch.setattr(archives, "ALWAYS_FINE", 1_000_000)
    with pytest.raises(ValueError, match=r"would unpack to 50,\d\d\d,\d\d\d bytes"):
        ktl.load_classifier(saved)


@pytest.mark.slow
def test_plain_keras_says_which_package_a_file_needs(saved):
    command = [sys.executable, "-c", WITH_PLAIN_KERAS, str(saved)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "Could not locate class" in done.stdout
    assert "keras_tl" in done.stdout


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.name)
def test_nothing_in_the_package_unpickles_or_unpacks_blindly(path):
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
    }
    assert imported.isdisjoint({"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"})
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert called.isdisjoint({"extract", "extractall", "unpack_archive", "unsafe_load"})
    told = [
        (keyword.arg, getattr(keyword.value, "value", None))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
    ]
    assert ("allow_pickle", True) not in told
    assert ("safe_mode", False) not in told
