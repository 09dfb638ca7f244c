"""The optional libraries that exports need."""

import importlib.util

EXTRAS = {
    "litert": ("ai_edge_litert",),
    "onnx": ("onnx", "onnxruntime", "tf2onnx"),
    "client": ("tensorflow_serving",),
}


class MissingExtraError(ImportError):
    """An optional library is needed and not there; the message has the command that brings it."""


def require_extra(name: str) -> None:
    """Raises `MissingExtraError` if a library of an extra is missing.

    Args:
        name: Of a format or a part of this package; those not in `EXTRAS` need none.
    """
    missing = [library for library in EXTRAS.get(name, ()) if not is_installed(library)]
    if missing:
        raise MissingExtraError(
            f"{name!r} needs {', '.join(missing)}, which cannot be imported. Run "
            f"`pip install 'keras-tl[{name}]'`."
        )


def is_installed(library: str) -> bool:
    """Tells whether a library is there, without importing it."""
    try:
        return importlib.util.find_spec(library) is not None
    except ValueError:  # it is marked as unimportable in `sys.modules`
        return False
