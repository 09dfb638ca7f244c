"""Images that come batch by batch, held as one array or, where their sizes differ, as PNG."""

import numpy as np

from keras_tl.data.pictures import encode_png

Images = np.ndarray | list[bytes]


class Gathering:
    """Holds batches: arrays while all are of one size, encoded files from another size on.

    A batch is an array `(batch, height, width, 3)` in 0..255 or a list of encoded files. As PNG
    levels are rounded to whole numbers.
    """

    def __init__(self) -> None:
        self._batches: list[Images] = []
        self._is_array = True

    def add(self, batch: Images) -> None:
        """Takes a batch in."""
        if self._is_array and not self._fits(batch):
            self._is_array = False
            self._batches = [_encoded(held) for held in self._batches]
        self._batches.append(batch if self._is_array else _encoded(batch))

    def images(self) -> Images:
        """Returns all images, in the order they came in."""
        if self._is_array:
            return np.concatenate(self._batches)
        return [image for batch in self._batches for image in batch]

    def _fits(self, batch: Images) -> bool:
        if not isinstance(batch, np.ndarray):
            return False
        return all(batch.shape[1:] == held.shape[1:] for held in self._batches[:1])  # type: ignore


def _encoded(batch: Images) -> list[bytes]:
    return [encode_png(image) for image in batch] if isinstance(batch, np.ndarray) else batch
