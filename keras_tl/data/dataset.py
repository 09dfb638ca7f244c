"""What training and evaluation read: three splits of batches, and what they were made of."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import keras
import numpy as np

from keras_tl.data.augment import Augmentation
from keras_tl.data.examples import SetAside
from keras_tl.data.pictures import Pictures
from keras_tl.foundation.checks import at_least
from keras_tl.foundation.files import digest
from keras_tl.foundation.tables import as_text, table


class Split(keras.utils.PyDataset):
    """Batches `(images, labels)` of one split, for `fit`, `evaluate` and `predict`.

    The order of an epoch, and the view that is taken of each image in it, are functions of the
    seed and the number of the epoch alone. Only batches are augmented; whatever else reads the
    images sees them as they are.

    Args:
        pictures: The pictures of the whole data set.
        numbers: The pictures of this split.
        labels: `(len(numbers),)` integers, or `(len(numbers), classes)` 0/1 where several classes
            may hold at once.
        class_names: Names in the order of the labels.
        batch_size: Images in a batch; the last one may be smaller.
        seed: Seed of the order; None keeps the pictures in order.
        augment: Gives batches another view of each picture in each epoch.
        views: Number of views that epochs cycle through, the plain pictures first; None never
            comes back to one.
        digests: Digest of the content of each picture; None computes them when they are asked for.

    Raises:
        ValueError: If `views` is not at least 1, or given without `augment`.
    """

    def __init__(
        self,
        pictures: Pictures,
        numbers: np.ndarray,
        labels: np.ndarray,
        class_names: Sequence[str],
        *,
        batch_size: int,
        seed: int | None = None,
        augment: Augmentation | None = None,
        views: int | None = None,
        digests: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self.pictures = pictures
        self.numbers = np.asarray(numbers)
        self.labels = labels
        self.class_names = list(class_names)
        self.batch_size = batch_size
        self.seed = seed
        self.augment = augment
        self.views = None if views is None else self._checked(views)
        self.epoch = 0
        self._digests = digests
        self._order: tuple[int, np.ndarray] | None = None

    def __len__(self) -> int:
        """Number of batches."""
        return -(-len(self.numbers) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns a batch: float32 images `(batch, height, width, 3)` in 0..255, and labels."""
        rows = self.order()[index * self.batch_size : (index + 1) * self.batch_size]
        return self.read(rows, self.view), self.labels[rows]

    @property
    def size(self) -> int:
        """Number of images."""
        return len(self.numbers)

    @property
    def view(self) -> int:
        """The view that this epoch takes of its images; 0 is the plain one."""
        if self.augment is None:
            return 0
        return self.epoch + 1 if self.views is None else self.epoch % self.views

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """Digest of the content of each image, in the order of `numbers`."""
        if self._digests is not None:
            return tuple(self._digests)
        starts = range(0, self.size, self.batch_size)
        batches = (self.numbers[start : start + self.batch_size] for start in starts)
        return tuple(
            digest_of_pixels(image) for batch in batches for image in self.pictures.read(batch)
        )

    def read(self, rows: Sequence[int] | np.ndarray, view: int = 0) -> np.ndarray:
        """Reads images in one view, whatever the epoch.

        Args:
            rows: Positions in the split.
            view: 0 reads the pictures as they are; each other number gives another view.

        Returns:
            Float32 `(len(rows), height, width, 3)` in 0..255.

        Raises:
            ValueError: If a view other than 0 is asked of a split without augmentation.
        """
        numbers = self.numbers[np.asarray(rows, dtype=np.int64)]
        images = self.pictures.read(numbers)
        return self._augmentation()(images, numbers, view) if view else images

    def order(self) -> np.ndarray:
        """Returns the rows of the split in the order of this epoch."""
        if self.seed is None:
            return np.arange(self.size)
        if self._order is None or self._order[0] != self.epoch:
            generator = np.random.default_rng((self.seed, self.epoch))
            self._order = (self.epoch, generator.permutation(self.size))
        return self._order[1]

    def on_epoch_end(self) -> None:
        """Moves on to the order of the next epoch."""
        self.epoch += 1

    def in_order(self) -> "Split":
        """Returns the same images and labels, unshuffled and never augmented."""
        return Split(
            self.pictures,
            self.numbers,
            self.labels,
            self.class_names,
            batch_size=self.batch_size,
            digests=self._digests,
        )

    def with_views(self, views: int) -> "Split":
        """Returns the same split, its epochs cycling through `views` views, the plain one first.

        Raises:
            ValueError: If `views` is not at least 1, or the split has no augmentation.
        """
        return self._with(views=self._checked(views))

    def with_augmentation(self, augment: Augmentation | None) -> "Split":
        """Returns the same split with another augmentation, new views in every epoch."""
        return self._with(augment=augment, views=None)

    def with_batch_size(self, batch_size: int) -> "Split":
        """Returns the same split in batches of another size."""
        return self._with(batch_size=at_least("batch_size", batch_size, 1))

    def with_seed(self, seed: int | None) -> "Split":
        """Returns the same split in another order; None keeps the images in order."""
        return self._with(seed=seed, _order=None)

    def images(self) -> np.ndarray:
        """Reads all images in order: float32 `(images, height, width, 3)`."""
        return self.pictures.read(self.numbers)

    def encoded(self, limit: int | None = None) -> list[bytes]:
        """Returns the encoded files of the first `limit` images, in order."""
        return self.pictures.encoded(self.numbers[:limit])

    def names(self) -> list[str]:
        """Returns the path, or the number, of each image, in order."""
        return self.pictures.names(self.numbers)

    def counts(self) -> np.ndarray:
        """Returns the number of images of each class, `(classes,)`."""
        if self.labels.ndim == 2:
            return self.labels.sum(axis=0).astype(int)
        return np.bincount(self.labels, minlength=len(self.class_names))

    def _with(self, **attributes: Any) -> "Split":
        changed = copy.copy(self)
        for name, value in attributes.items():
            setattr(changed, name, value)
        return changed

    def _checked(self, views: int) -> int:
        self._augmentation()
        return at_least("views", views, 1)

    def _augmentation(self) -> Augmentation:
        if self.augment is None:
            raise ValueError(
                "Views need an augmentation, and this split has none. Load the data with "
                "`augment='light'`, or do without `views`."
            )
        return self.augment


def digest_of_pixels(image: np.ndarray) -> str:
    """Returns the digest of a picture `(height, width, 3)`, its shape and type of number."""
    return digest(image.tobytes(), image.dtype.str, str(image.shape))


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
        multi_label: Whether several classes may hold at once.
        fingerprint: Digest of every image, its label, its part, the image size and the policy.
        set_aside: Files that could not be read; they are in no split, and still on disk.
        settings: The arguments that the data were loaded with.
    """

    train: Split
    validation: Split
    test: Split
    class_names: list[str]
    image_size: tuple[int, int]
    resize: str
    multi_label: bool
    fingerprint: str
    set_aside: tuple[SetAside, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def splits(self) -> dict[str, Split]:
        """The three splits by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    def whole(self) -> Split:
        """Returns all images of the three splits, in order, as one split."""
        return Split(
            self.train.pictures,
            np.concatenate([split.numbers for split in self.splits.values()]),
            np.concatenate([split.labels for split in self.splits.values()]),
            self.class_names,
            batch_size=self.train.batch_size,
            digests=[one for split in self.splits.values() for one in split.digests],
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
        aside = "".join(f"\n  {item.name}: {item.reason}" for item in self.set_aside)
        return text + (f"\n{len(self.set_aside)} set aside:{aside}" if aside else "")
