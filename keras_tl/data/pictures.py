"""Pictures that can be read by number: from files, from encoded bytes, or from an array."""

import errno
import functools
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from keras_tl.data.decode import decode_and_resize, resize
from keras_tl.data.formats.pillow_only import as_decodable
from keras_tl.foundation.colours import WHITE, Colour, as_colour
from keras_tl.foundation.error_messages import plain_message
from keras_tl.foundation.files import digest

Numbers = Sequence[int] | np.ndarray


class Pictures(Protocol):
    """A numbered set of pictures, read at one size `(height, width)`, in pixels, by one policy."""

    size: tuple[int, int]
    policy: str

    def __len__(self) -> int: ...

    def read(self, numbers: Numbers) -> np.ndarray:
        """Returns float32 `(len(numbers), height, width, 3)` in 0..255."""

    def encoded(self, numbers: Numbers) -> list[bytes]:
        """Returns the pictures as encoded files."""

    def names(self, numbers: Numbers) -> list[str]:
        """Returns the path, or the number, of each picture."""


class EncodedPictures:
    """Pictures in files or in encoded bytes, decoded when they are read.

    Args:
        items: Paths, or encoded bytes.
        size: Height and width to read at, in pixels.
        policy: Resize policy.
        background: Red, green and blue, in 0..255, that show where a picture is transparent.

    Raises:
        ValueError: If `background` is no colour.
    """

    def __init__(
        self,
        items: Sequence[Path | bytes],
        size: tuple[int, int],
        policy: str,
        *,
        background: Colour = WHITE,
    ) -> None:
        self.items = items
        self.size = size
        self.policy = policy
        self.background = as_colour(background)

    def __len__(self) -> int:
        return len(self.items)

    def read(self, numbers: Numbers) -> np.ndarray:
        """Decodes the pictures with these numbers.

        Raises:
            OSError: If one of them cannot be opened or decoded.
        """
        import tensorflow as tf

        decoder = _decoder(self.size, self.policy, self.background)
        try:
            return decoder(tf.constant(self.encoded(numbers), tf.string)).numpy()
        except tf.errors.OpError as error:
            raise OSError(errno.EIO, plain_message(error.message)) from error

    def encoded(self, numbers: Numbers) -> list[bytes]:
        """Reads the files as `decode` takes them: see `read_bytes`."""
        return [read_bytes(self.items[number]) for number in numbers]

    def names(self, numbers: Numbers) -> list[str]:
        """Returns paths; numbers where there are none."""
        return [name_of(self.items, number) for number in numbers]


@functools.lru_cache(maxsize=16)
def _decoder(size: tuple[int, int], policy: str, background: Colour) -> Any:
    """Returns the function from encoded pictures to images, traced once for all data alike."""
    import tensorflow as tf

    return tf.function(
        lambda encoded: decode_and_resize(encoded, size, policy, background=background),
        input_signature=[tf.TensorSpec((None,), tf.string)],
        autograph=False,
    ).get_concrete_function()


class ArrayPictures:
    """Pictures in an array, resized when they are read.

    Args:
        images: `(images, height, width, 3)` in 0..255, any number type.
        size: Height and width to read at, in pixels.
        policy: Resize policy.
    """

    def __init__(self, images: np.ndarray, size: tuple[int, int], policy: str) -> None:
        self.images = images
        self.size = size
        self.policy = policy

    def __len__(self) -> int:
        return len(self.images)

    def read(self, numbers: Numbers) -> np.ndarray:
        """Takes the pictures with these numbers."""
        chosen = self.images[np.asarray(numbers, dtype=np.int64)].astype("float32")
        if chosen.shape[1:3] == self.size:
            return chosen
        return keras.ops.convert_to_numpy(resize(chosen, self.size, self.policy))

    def encoded(self, numbers: Numbers) -> list[bytes]:
        """Encodes the pictures, as they are read, as PNG."""
        return [encode_png(image) for image in self.read(numbers)]

    def names(self, numbers: Numbers) -> list[str]:
        """Returns numbers."""
        return [f"#{number}" for number in numbers]


def name_of(items: Sequence[Path | bytes], number: int) -> str:
    """Returns the path of a picture, or its number if it has none."""
    item = items[number]
    return str(item) if isinstance(item, Path) else f"#{number}"


def read_bytes(item: Path | bytes) -> bytes:
    """Returns the content of a file, or the bytes themselves, as `decode` takes them.

    TIFF, AVIF and whatever else only Pillow reads become PNG; everything else stays as it is.

    Raises:
        OSError: If the file cannot be opened, or Pillow cannot decode it.
    """
    return as_decodable(item.read_bytes() if isinstance(item, Path) else item)


def encode_png(image: np.ndarray) -> bytes:
    """Encodes an image `(height, width, 3)` in 0..255 as PNG, rounded to whole levels."""
    from PIL import Image

    sink = io.BytesIO()
    levels = np.clip(np.rint(image), 0, 255).astype("uint8")
    Image.fromarray(levels).save(sink, format="PNG")
    return sink.getvalue()


def digest_of_pixels(image: np.ndarray) -> str:
    """Returns the digest of a picture `(height, width, 3)`, its shape and type of number."""
    return digest(image.tobytes(), image.dtype.str, str(image.shape))
