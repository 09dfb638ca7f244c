"""Imports between rooms go down only."""

import ast
from pathlib import Path

import pytest

import keras_tl

PACKAGE = Path(keras_tl.__file__).parent
MAY_IMPORT = {
    "foundation": set(),
    "structure": {"foundation"},
    "data": {"foundation"},
    "models": {"foundation", "structure"},
    "caching": {"foundation", "structure", "data", "models"},
    "training": {"foundation", "structure", "data", "models", "caching"},
    "evaluation": {"foundation", "structure", "data", "models", "caching", "training"},
    "serving": {"foundation", "structure", "data", "models", "caching", "training"},
    "tuning": {"foundation", "structure", "data", "models", "caching", "training", "evaluation"},
}
FILES = sorted(PACKAGE.glob("*/**/*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path):
    room = path.relative_to(PACKAGE).parts[0]
    if room == "cli":
        return
    imported = [
        node.module.split(".")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("keras_tl")
    ]
    rooms = {parts[1] if len(parts) > 1 else "the face" for parts in imported}
    assert rooms <= MAY_IMPORT[room] | {room}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_graph_reads_private_names_of_keras(path):
    private = {
        "_compile_config",
        "_flatten_layers",
        "_functional",
        "_inbound_nodes",
        "_keras_history",
        "_nodes_by_depth",
        "_non_trainable_variables",
        "_seed_generators",
        "_trainable_variables",
    }
    found = {n.attr for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Attribute)}
    assert path.name == "graph.py" or not found & private
