"""The optional libraries that exports need."""

import importlib.util

EXTRAS = {
    "litert": ("ai_edge_litert",),
    "onnx": ("onnx", "onnxruntime", "tf2onnx"),
}


def require_extra(name: str) -> None:
    """Raises `ImportError` with the command to run, if a library of an extra is missing.

    Args:
        name: Name of the extra, a key of `EXTRAS`.
    """
    missing = [library for library in EXTRAS[name] if not is_installed(library)]
    if missing:
        raise ImportError(
            f"The export to {name} needs {', '.join(missing)}, which cannot be imported. Run "
            f"`pip install 'keras-tl[{name}]'`."
        )


def is_installed(library: str) -> bool:
    """Tells whether a library is there, without importing it."""
    try:
        return importlib.util.find_spec(library) is not None
    except ValueError:  # it is marked as unimportable in `sys.modules`
        return False
