"""The three parts of data, and what folders and tables call them."""

PARTS = ("train", "validation", "test")

_CALLED = {
    "train": ("train", "training"),
    "validation": ("validation", "val", "valid", "dev"),
    "test": ("test", "testing"),
}

PART_NAMES = {name: part for part, names in _CALLED.items() for name in names}


def part_called(name: object) -> str | None:
    """Returns the part that `name` means, in capitals or not; None if it means none."""
    return PART_NAMES.get(str(name).strip().lower())
