"""Exports under numbers, as TensorFlow Serving looks for them: the largest is served."""

from pathlib import Path


def versions(folder: Path) -> list[int]:
    """Returns the numbers under which something lies in `folder`, ascending."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def next_version(folder: Path) -> Path:
    """Returns the path of the next version in `folder`."""
    return folder / str(max(versions(folder), default=0) + 1)


def served_version(path: Path) -> Path:
    """Returns the export that a server takes: `path` itself, or its version of largest number."""
    numbers = versions(path)
    is_export = (path / "saved_model.pb").is_file()
    return path if is_export or not numbers else path / str(numbers[-1])
