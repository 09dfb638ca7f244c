"""The batches of one split, each epoch in an order and views of its own."""

import copy
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_tl.data.augmenting.augmenter import Augmenter
from keras_tl.data.augmenting.mixing import Mixing, one_hot
from keras_tl.data.epoch import Epoch, draw_epoch, epoch_size
from keras_tl.data.pictures import Pictures, digest_of_pixels
from keras_tl.data.stand_ins import stand_ins
from keras_tl.foundation.checks import at_least

_MOST_EPOCHS = 1 << 20


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
        oversample: Whether an epoch has the images of every class equally often, those of rarer
            ones several times; with augmentation each time in another view.
        mixing: Mixes the images of a batch with each other, and their labels.

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
        augment: Augmenter | None = None,
        views: int | None = None,
        digests: Sequence[str] | None = None,
        oversample: bool = False,
        mixing: Mixing | None = None,
    ) -> None:
        super().__init__()
        self.pictures = pictures
        self.numbers = np.asarray(numbers)
        self.labels = labels
        self.class_names = list(class_names)
        self.batch_size = batch_size
        self.seed = seed
        self.oversample = oversample
        self.mixing = mixing
        self.augment = augment
        self.views = None if views is None else self._checked(views)
        self.epoch = 0
        self._digests = None if digests is None else tuple(digests)
        self._drawn: tuple[int, Epoch] | None = None

    def __len__(self) -> int:
        """Number of batches."""
        return -(-epoch_size(self.labels, oversample=self.oversample) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns a batch: float32 images `(batch, height, width, 3)` in 0..255, and labels.

        With mixing labels are float32 `(batch, classes)`, the share of each class.
        """
        here = slice(index * self.batch_size, (index + 1) * self.batch_size)
        rows, times = (drawn[here] for drawn in self._epoch())
        views = self._views(times)
        try:
            images = self.read(rows, views)
        except OSError:
            rows = rows[stand_ins(self.pictures, self.numbers[rows], self.labels[rows])]
            images = self.read(rows, views)
        labels = self.labels[rows]
        if self.mixing is None:
            return images, labels
        shares = one_hot(labels, len(self.class_names))
        return self.mixing(images, shares, self.numbers[rows], self.epoch)

    @property
    def size(self) -> int:
        """Number of images."""
        return len(self.numbers)

    @property
    def view(self) -> int:
        """The view that this epoch takes of each image first; 0 is the plain one."""
        if self.augment is None:
            return 0
        return self.epoch + 1 if self.views is None else self.epoch % self.views

    @property
    def has_soft_labels(self) -> bool:
        """Whether the labels of batches are shares of classes, and not those of `labels`."""
        return self.mixing is not None

    @property
    def digests(self) -> tuple[str, ...]:
        """Digest of the content of each image, in the order of `numbers`."""
        if self._digests is None:
            starts = range(0, self.size, self.batch_size)
            batches = (self.numbers[start : start + self.batch_size] for start in starts)
            images = (image for batch in batches for image in self.pictures.read(batch))
            self._digests = tuple(map(digest_of_pixels, images))
        return self._digests

    def read(self, rows: Sequence[int] | np.ndarray, view: int | np.ndarray = 0) -> np.ndarray:
        """Reads images in one view, or each in its own, whatever the epoch.

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
        for one in np.unique(view)[np.unique(view) > 0]:
            of_it = np.broadcast_to(view, numbers.shape) == one
            images[of_it] = self._augmentation()(images[of_it], numbers[of_it], int(one))
        return images

    def order(self) -> np.ndarray:
        """Returns the rows of the split in the order of this epoch."""
        return self._epoch().rows

    def on_epoch_end(self) -> None:
        """Moves on to the order of the next epoch."""
        self.epoch += 1

    def in_order(self) -> "Split":
        """Returns the same images and labels, unshuffled, never augmented or mixed."""
        plain = {"augment": None, "views": None, "mixing": None, "oversample": False}
        return self._with(seed=None, epoch=0, **plain)

    def with_views(self, views: int) -> "Split":
        """Returns the same split, its epochs cycling through `views` views, the plain one first.

        Raises:
            ValueError: If `views` is not at least 1, or the split has no augmentation.
        """
        return self._with(views=self._checked(views))

    def with_augmentation(self, augment: Augmenter | None) -> "Split":
        """Returns the same split with another augmentation, new views in every epoch."""
        return self._with(augment=augment, views=None)

    def with_batch_size(self, batch_size: int) -> "Split":
        """Returns the same split in batches of another size."""
        return self._with(batch_size=at_least("batch_size", batch_size, 1))

    def with_seed(self, seed: int | None) -> "Split":
        """Returns the same split in another order; None keeps the images in order."""
        return self._with(seed=seed, _drawn=None)

    def with_images_of(self, other: "Split", rows: np.ndarray) -> "Split":
        """Returns a split that is read like this one, of the images in `rows` of another."""
        known = other._digests
        return self._with(
            numbers=other.numbers[rows],
            labels=other.labels[rows],
            _digests=None if known is None else tuple(known[row] for row in rows),
            _drawn=None,
        )

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

    def _epoch(self) -> Epoch:
        if self.seed is None:
            return Epoch(np.arange(self.size), np.zeros(self.size, int))
        if self._drawn is None or self._drawn[0] != self.epoch:
            generator = np.random.default_rng((self.seed, self.epoch))
            drawn = draw_epoch(self.labels, generator, oversample=self.oversample)
            self._drawn = (self.epoch, drawn)
        return self._drawn[1]

    def _views(self, times: np.ndarray) -> int | np.ndarray:
        """Returns the view of each image, another one each time that it comes in an epoch."""
        if self.augment is None:
            return 0
        if self.views is None:
            return self.view + _MOST_EPOCHS * times
        return (self.view + times) % self.views

    def _become(self, other: "Split") -> None:
        """Takes over all that makes another split what it is."""
        self.__dict__.update(vars(other))

    def _with(self, **attributes: Any) -> "Split":
        changed = copy.copy(self)
        for name, value in attributes.items():
            setattr(changed, name, value)
        return changed

    def _checked(self, views: int) -> int:
        self._augmentation()
        return at_least("views", views, 1)

    def _augmentation(self) -> Augmenter:
        if self.augment is None:
            raise ValueError(
                "Views need an augmentation, and this split has none. Load the data with "
                "`augment='light'`, or do without `views`."
            )
        return self.augment
