"""A data set that is ready to train on: three splits of pictures, and how they were made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from keras_tl.data.examples import SetAside
from keras_tl.data.split import Split
from keras_tl.data.splitting.coverage import shares_reached
from keras_tl.data.splitting.folds import folds
from keras_tl.data.splitting.population import Population
from keras_tl.foundation.colours import Colour
from keras_tl.foundation.file_names import printable
from keras_tl.foundation.files import digest
from keras_tl.foundation.tables import as_text, table


@dataclass(frozen=True, eq=False)
class Data:
    """Pictures with labels, split for training, validation and test.

    Attributes:
        train: Batches in a seeded order, another one each epoch.
        validation: Batches in order; may be empty.
        test: Batches in order; may be empty.
        class_names: Names in the order of the labels.
        image_size: Height and width of the images, in pixels.
        resize: How pictures of another shape were brought to it.
        background: What shows where pictures are transparent: red, green and blue, in 0..255.
        multi_label: Whether several classes may hold at once.
        fingerprint: Digest of every image, its label, its part, the image size and the policy.
        set_aside: Files that could not be read; they are in no split, and still on disk.
        settings: The arguments that the data were loaded with.
        balance: What training does about rare classes, as in `load_data`.
        groups: `(pictures,)` names of what stays together, if the source or `group` tells.
        division: What share of the images, and how many groups, each split came to.
    """

    train: Split
    validation: Split
    test: Split
    class_names: list[str]
    image_size: tuple[int, int]
    resize: str
    background: Colour
    multi_label: bool
    fingerprint: str
    set_aside: tuple[SetAside, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    balance: str | None = None
    groups: np.ndarray | None = None
    division: str = ""

    @property
    def splits(self) -> dict[str, Split]:
        """The three splits by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    def whole(self) -> Split:
        """Returns all images of the three splits, in order, as one split."""
        return self._joined(*self.splits.values())

    def folds(self, k: int) -> Iterator["Data"]:
        """Yields these data `k` times, each with another part of the images for validation.

        Training and validation images are divided anew, by class, copies and groups staying
        together, so that each of them is in one validation split. The test split stays as it is.

        Args:
            k: Number of folds.

        Raises:
            ValueError: If `k` is not at least 2, or there are too few images or groups for it.
        """
        both = self._joined(self.train, self.validation)
        groups = None if self.groups is None else self.groups[both.numbers]
        population = Population(both.labels, both.digests, groups=groups)
        fold = folds(population, k, self.settings["seed"])
        for number in range(k):
            parts = np.where(fold == number, "validation", "train")
            yield replace(
                self,
                train=self.train.with_images_of(both, np.flatnonzero(parts == "train")),
                validation=self.validation.with_images_of(both, np.flatnonzero(fold == number)),
                fingerprint=digest(self.fingerprint, f"fold {number} of {k}"),
                settings={**self.settings, "fold": number, "folds": k},
                division=shares_reached(population, parts),
            )

    def _joined(self, *splits: Split) -> Split:
        return Split(
            self.train.pictures,
            np.concatenate([split.numbers for split in splits]),
            np.concatenate([split.labels for split in splits]),
            self.class_names,
            batch_size=self.train.batch_size,
            digests=[one for split in splits for one in split.digests],
        )

    def summary(self) -> str:
        """Returns a table of images per class and split, and the files set aside."""
        counts = {name: split.counts() for name, split in self.splits.items()}
        rows: list[Sequence[object]] = [
            (name, *(counts[split][i] for split in counts))
            for i, name in enumerate(self.class_names)
        ]
        rows.append(("images", *(split.size for split in self.splits.values())))
        text = as_text(table(("class", *(f"{name}#" for name in counts)), rows))
        text += f"\n{self.division}" if self.division else ""
        aside = "".join(f"\n  {printable(item.name)}: {item.reason}" for item in self.set_aside)
        return text + (f"\n{len(self.set_aside)} set aside:{aside}" if aside else "")
