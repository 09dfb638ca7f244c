"""What a source gives: pictures, labels, names, and parts if the source divides them itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class SetAside:
    """A file or folder that could not be used.

    Attributes:
        name: Its path.
        reason: Why.
    """

    name: str
    reason: str


@dataclass(frozen=True, eq=False)
class Examples:
    """Pictures with labels, before they are read, divided or resized.

    Attributes:
        pictures: Paths, encoded bytes, or an array `(images, height, width, 3)` in 0..255.
        labels: `(images,)` integers, or `(images, classes)` 0/1 where several classes may hold.
        class_names: Names in the order of the labels.
        parts: `(images,)` of `"train"`, `"validation"`, `"test"` if the source is divided.
        set_aside: What the source passed over.
        groups: `(images,)` names of what must stay together, such as patients, if it is known.
    """

    pictures: Sequence[Path | bytes] | np.ndarray
    labels: np.ndarray
    class_names: list[str]
    parts: np.ndarray | None = None
    set_aside: tuple[SetAside, ...] = ()
    groups: np.ndarray | None = None

    def take(self, rows: Sequence[int]) -> "Examples":
        """Returns the examples in `rows`."""
        pictures, chosen = self.pictures, np.asarray(rows, dtype=int)
        taken = (
            pictures[chosen]
            if isinstance(pictures, np.ndarray)
            else [pictures[row] for row in rows]
        )
        return Examples(
            taken,
            self.labels[chosen],
            self.class_names,
            None if self.parts is None else self.parts[chosen],
            self.set_aside,
            None if self.groups is None else self.groups[chosen],
        )


def trainable(examples: Examples) -> Examples:
    """Returns examples that hold at least two classes, and training pictures if they are divided.

    Raises:
        ValueError: If they do not.
    """
    if not len(examples.labels):
        raise ValueError("`source` must hold pictures. Received: none")
    if examples.labels.ndim == 1 and len(present := np.unique(examples.labels)) < 2:
        raise ValueError(
            "`source` must hold pictures of at least two classes. Received: "
            f"{len(examples.labels)} pictures, all of class {examples.class_names[present[0]]!r}"
        )
    if examples.parts is not None and "train" not in examples.parts:
        raise ValueError(
            "`source` must hold pictures for training. Received: pictures for "
            f"{' and '.join(np.unique(examples.parts))} alone"
        )
    return examples
