"""A picture of pairs of near duplicates, for a person to judge."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keras_tl.data.auditing.content import read_content
from keras_tl.data.auditing.header import quiet_pillow, read_picture_header
from keras_tl.data.auditing.pixels import decoder_for, sample
from keras_tl.data.auditing.reasons import UnusableError
from keras_tl.foundation.figures import new_figure, save_figure
from keras_tl.foundation.file_names import common_beginning, printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

    from keras_tl.data.auditing.result import Audit

MOST_PAIRS = 12
MOST_CHARACTERS = 34
_PAIRS_ABREAST = 2


def pairs_picture(audit: "Audit", path: str | os.PathLike[str] | None = None) -> "Figure | None":
    """Draws the nearest pairs, each pair side by side and under its names.

    Args:
        audit: The audit of pictures in files or in encoded bytes.
        path: Picture to write; its suffix says in which format. None writes none.

    Returns:
        A matplotlib figure, or None if there are no near duplicates.

    Raises:
        OSError: If `path` cannot be written.
    """
    pairs = audit.near_duplicates[:MOST_PAIRS]
    if not pairs:
        return None
    rows = [row for pair in pairs for row in (pair.first, pair.second)]
    images = [_thumbnail(audit.examples.pictures[row]) for row in rows]
    beginning = common_beginning(audit.names)
    titles = [_title(audit.names[row].removeprefix(beginning)) for row in rows]
    figure = _drawn(images, titles)
    if path is not None:
        save_figure(figure, path, dpi=100)
    return figure


def _drawn(images: "Sequence[Image | None]", titles: Sequence[str]) -> "Figure":
    abreast = min(2 * _PAIRS_ABREAST, len(images))
    down = -(-len(images) // abreast)
    figure = new_figure(2.6 * abreast, 2.4 * down)
    panels = figure.subplots(down, abreast, squeeze=False).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, image, title in zip(panels, images, titles, strict=False):
        if image is not None:
            axes.imshow(image)
        axes.set_title(title, fontsize="small")
    return figure


def _thumbnail(item: Path | bytes) -> "Image | None":
    """Returns a small picture, upright and whole; None for one that has gone in between."""
    try:
        encoded = read_content(item)
        with quiet_pillow():
            return sample(encoded, read_picture_header(encoded), decoder_for(1)).image
    except UnusableError:
        return None


def _title(name: str) -> str:
    """Returns the end of a name, in which a dollar begins no formula."""
    text = printable(name)
    short = text if len(text) <= MOST_CHARACTERS else f"…{text[1 - MOST_CHARACTERS :]}"
    return short.replace("$", r"\$")
