"""What speaks for a class in pictures, and how it is looked at."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_tl.data.examples import SetAside
from keras_tl.data.pictures import encode_png
from keras_tl.evaluation.explaining.grid import draw_grid
from keras_tl.evaluation.explaining.overlay import overlay
from keras_tl.foundation.checks import in_range
from keras_tl.foundation.files import replacing
from keras_tl.foundation.shown import one_line
from keras_tl.foundation.sizing import as_size
from keras_tl.foundation.tables import as_text, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALPHA = 0.5
MOST_PICTURES = 12


@dataclass(frozen=True, eq=False)
class Heatmaps:
    """Maps of what speaks for a class, one a picture and class, those of a picture in a row.

    Attributes:
        maps: Float32 `(maps, height, width)` in 0..1, at the size that the model takes. 1 is the
            place of a map that speaks most for its class; nothing is said against other maps.
        images: Uint8 `(maps, height, width, 3)`, the picture of each map as the model sees it.
        classes: Name of the class that each map is about.
        scores: `(maps,)` what the model gives that class: its probability.
        names: Path, or number, of the picture of each map.
        peaks: `(maps,)` what 1 stands for, on the scale of the method. Where it is 0 nothing that
            the method sees speaks for the class, and the map is 0 everywhere.
        method: How the maps were made.
        boundary: Stage whose feature map was looked at; empty if the method looks at pixels.
        set_aside: Files that could not be read; they have no map.
    """

    maps: np.ndarray
    images: np.ndarray
    classes: list[str]
    scores: np.ndarray
    names: list[str]
    peaks: np.ndarray
    method: str
    boundary: str = ""
    set_aside: tuple[SetAside, ...] = ()

    def __len__(self) -> int:
        return len(self.maps)

    def __str__(self) -> str:
        rows = zip(self.names, self.classes, self.scores, self.peaks, strict=True)
        shown = [
            (one_line(name, None), one_line(explained), f"{score:.1%}",
             f"{peak:.3g}" if peak > 0 else "nothing speaks for it")
            for name, explained, score, peak in rows
        ]  # fmt: skip
        where = f" at {self.boundary}" if self.boundary else ""
        columns = ("picture", "class", "probability#", "strongest#")
        return f"{self.method}{where}\n" + as_text(table(columns, shown))

    def title(self, i: int) -> str:
        """Returns the class of a map and what the model gives it, and whether the map is empty."""
        note = "" if self.peaks[i] > 0 else "\nnothing speaks for it"
        return f"{one_line(self.classes[i])} {self.scores[i]:.0%}{note}"

    def overlay(
        self, i: int, *, alpha: float = ALPHA, size: int | tuple[int, int] | None = None
    ) -> np.ndarray:
        """Returns a map over its picture: dark where nothing counts, bright where most does.

        Args:
            i: Number of the map.
            alpha: Share of the map, from 0 (the picture alone) to 1 (the map alone).
            size: Pixels of the result, one number or `(height, width)`; None is the size of the
                map.

        Returns:
            Uint8 `(height, width, 3)`.

        Raises:
            ValueError: If `alpha` or `size` is out of range.
        """
        in_range("alpha", alpha, 0.0, 1.0)
        wanted = None if size is None else as_size(size)
        return overlay(self.images[i], self.maps[i], alpha=alpha, size=wanted)

    def to_png(
        self,
        directory: str | os.PathLike[str],
        *,
        alpha: float = ALPHA,
        size: int | tuple[int, int] | None = None,
    ) -> list[Path]:
        """Writes each overlay to a PNG file of its own, named by number, picture and class.

        Args:
            directory: Where; it is made if it is not there.
            alpha: As for `overlay`.
            size: As for `overlay`.

        Returns:
            The files, in order.
        """
        paths = [Path(directory, name) for name in self._file_names()]
        for i, path in enumerate(paths):
            with replacing(path) as temporary:
                temporary.write_bytes(encode_png(self.overlay(i, alpha=alpha, size=size)))
        return paths

    def picture(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        alpha: float = ALPHA,
        most: int = MOST_PICTURES,
    ) -> "Figure":
        """Draws pictures one a row: as the model sees it, then each class that is explained.

        Args:
            path: Picture to write; its suffix says in which format. None writes none.
            alpha: As for `overlay`.
            most: Most pictures that are drawn.

        Returns:
            A matplotlib figure. What it shows, in words, is its label (`figure.get_label()`).
        """
        return draw_grid(self, path, alpha=alpha, most=most)

    def _file_names(self) -> Iterator[str]:
        digits = max(3, len(str(len(self))))
        for i, (name, explained) in enumerate(zip(self.names, self.classes, strict=True)):
            stem = _plain_name(Path(name).stem)
            yield f"{i:0{digits}}-{stem}-{_plain_name(explained)}.png"


def _plain_name(text: str) -> str:
    """Returns a text as a part of a file name on every system."""
    return "".join(c if c.isalnum() else "_" for c in text)[:40]
