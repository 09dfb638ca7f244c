"""What decides results beside settings: the versions at work."""

import platform
from importlib import metadata

_LIBRARIES = ("keras-tl", "keras", "tensorflow", "numpy", "scikit-learn")


def environment() -> dict[str, str]:
    """Returns the versions of Python and of the libraries that decide results."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for library in _LIBRARIES:
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            found[library] = "not installed"
    return found
