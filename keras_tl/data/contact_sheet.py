"""A picture of what the network will see: some training images, plain and as epochs bring them."""

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_tl.data.augmenting.mixing import one_hot
from keras_tl.data.split import Split
from keras_tl.foundation.checks import at_least, one_of
from keras_tl.foundation.figures import new_figure, plain, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES = 1.5
LONGEST_NAME = 22
MOST_NAMES = 3


def contact_sheet(
    split: Split,
    *,
    pictures: int = 6,
    epochs: int = 5,
    seed: int = 0,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draws pictures of a split, one a row: as they are, then as the first epochs bring them.

    Where a split mixes pictures, those on the sheet are mixed with each other, and the shares of
    their classes stand above them.

    Args:
        split: Such as `data.train`.
        pictures: How many, drawn from one class after the other.
        epochs: How many.
        seed: Seed of the choice of pictures.
        path: PNG file to write; None writes none.

    Returns:
        A matplotlib figure. What it shows, in words, is its label (`figure.get_label()`), and the
        description in the file.

    Raises:
        ValueError: If a number is not at least 1, the file is no PNG, or the split is empty.
    """
    at_least("pictures", pictures, 1)
    at_least("epochs", epochs, 1)
    if path is not None:
        one_of("suffix of `path`", Path(path).suffix, (".png",))
    rows = _chosen(split, pictures, seed)
    shown = split.with_images_of(split, rows).with_seed(None).with_batch_size(len(rows))
    figure = _drawn(shown, epochs)
    figure.set_label(_in_words(shown, epochs))
    if path is not None:
        about = {"Description": figure.get_label()}
        save_figure(figure, path, dpi=150, metadata=about)
    return figure


def _chosen(split: Split, pictures: int, seed: int) -> np.ndarray:
    """Returns rows of one class after the other, drawn at random, those of a class together."""
    if not split.size:
        raise ValueError("`split` must have images. Received: an empty split")
    drawn = np.random.default_rng(seed).permutation(split.size)
    before: Counter[str] = Counter()
    rounds = []
    for row in drawn:
        rounds.append(before[_class_of(split, row)])
        before[_class_of(split, row)] += 1
    rows = drawn[np.argsort(rounds, kind="stable")][:pictures]
    return np.array(sorted(rows, key=lambda row: tuple(np.atleast_1d(split.labels[row]))))


def _class_of(split: Split, row: int) -> str:
    return str(split.labels[row])


def _drawn(shown: Split, epochs: int) -> "Figure":
    figure = new_figure(INCHES * (1 + epochs), (INCHES + 0.25) * shown.size)
    columns = figure.subplots(shown.size, 1 + epochs, squeeze=False).T
    labels = one_hot(shown.labels, len(shown.class_names))
    _column(columns[0], "as it is", shown.images(), [_named(shown, own) for own in labels])
    for shown.epoch, column in enumerate(columns[1:]):
        images, shares = shown[0]
        titles = [_named(shown, own) if shown.has_soft_labels else "" for own in shares]
        _column(column, f"epoch {shown.epoch + 1}", images, titles)
    return figure


def _column(cells: "list[Axes]", name: str, images: np.ndarray, titles: list[str]) -> None:
    for axes, image, title in zip(cells, images, titles, strict=True):
        axes.imshow(np.rint(image).astype("uint8"))
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
        axes.set_title(title, fontsize="small")
    cells[-1].set_xlabel(name)


def _named(shown: Split, shares: np.ndarray) -> str:
    """Returns the names of the classes of a picture, the largest share first."""
    rows = [row for row in np.argsort(-shares, kind="stable") if shares[row] > 0]
    names = [
        plain(shown.class_names[row], LONGEST_NAME)
        + ("" if shares[row] == 1 else f" {shares[row]:.0%}")
        for row in rows[:MOST_NAMES]
    ]
    return "\n".join([*names, *["…"] * (len(rows) > MOST_NAMES)])


def _in_words(shown: Split, epochs: int) -> str:
    labels = one_hot(shown.labels, len(shown.class_names))
    names = dict.fromkeys(name for own in labels for name in _named(shown, own).split("\n"))
    changes = []
    if shown.augment is not None:
        found = shown.augment.to_dict()
        kinds = found.get("strength") or ", ".join(row["class_name"] for row in found["layers"])
        changes.append(f"augmented ({kinds}, {'also' if shown.augment.flip else 'not'} mirrored)")
    if shown.mixing is not None:
        changes.append(f"mixed with each other ({shown.mixing.kind})")
    return (
        f"{shown.size} training pictures, one a row, of {', '.join(names)}: as they are, then in "
        f"epochs 1 to {epochs}, {' and '.join(changes) or 'unchanged'}."
    )
