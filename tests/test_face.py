import ast
import subprocess
import sys
from pathlib import Path

import pytest

import keras_tl

PACKAGE = Path(keras_tl.__file__).parent
ROOMS = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_every_name_on_the_face_is_there():
    assert {name for name in keras_tl.__all__ if getattr(keras_tl, name, None) is None} == set()


def test_the_face_is_sorted_by_where_names_live():
    lines = (PACKAGE / "__init__.pyi").read_text().splitlines()
    imports = [line for line in lines if line.startswith("from")]
    assert imports == sorted(imports, key=lambda line: line.split()[1])


def test_no_name_on_the_face_is_that_of_a_room():
    assert not ROOMS & set(keras_tl.__all__)


def test_importing_is_lazy_and_sets_nothing():
    code = (
        "import os, sys; before = dict(os.environ); import keras_tl; "
        "print(dict(os.environ) == before, 'keras' in sys.modules, 'tensorflow' in sys.modules)"
    )
    assert run(code).split() == ["True", "False", "False"]


def test_saved_models_load_after_importing_the_package(tmp_path):
    model = keras_tl.build_classifier(
        "MobileNet", ["a", "b"], image_size=32, weights=None, backbone_options={"alpha": 0.25}
    )
    model.save(tmp_path / "model.keras")
    load = f"keras.saving.load_model({str(tmp_path / 'model.keras')!r}).name"
    for imports in ("import keras, keras_tl", "import keras_tl, keras"):
        assert run(f"{imports}; print({load})").strip() == model.name


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Plan", "freeze", "FeatureCache", "find_learning_rate"])
def test_any_name_can_be_the_first(name):
    assert run(f"import keras_tl; print(keras_tl.{name}.__name__)").strip() == name


def test_what_registers_layers_can_be_imported_while_anything_is_half_loaded():
    """Its modules import nothing of ours that imports Keras."""
    registering = imported(PACKAGE / "models" / "registered.py")
    assert registering
    for module in registering:
        path = PACKAGE.joinpath(*module.split(".")[1:]).with_suffix(".py")
        assert {name.split(".")[1] for name in imported(path)} <= {"foundation"}
    for path in (PACKAGE / "foundation").glob("*.py"):
        assert "keras" not in imported(path, of="keras")


def imported(path, of="keras_tl"):
    """Returns the modules of a package that a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
    return [name for name in found if name.split(".")[0] == of]
