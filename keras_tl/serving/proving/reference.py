"""Pictures, and what the model says of them: the yardstick for an export."""

from dataclasses import dataclass

import keras
import numpy as np

from keras_tl.data.pictures import EncodedPictures
from keras_tl.models.card import class_names, input_format
from keras_tl.serving.proving.proof_images import LIMIT, VerifyOn, encoded_images, true_labels

BATCH_SIZE = 32


@dataclass(frozen=True)
class Reference:
    """Pictures as a model takes them, its answers, and the truth where it is known.

    Attributes:
        pictures: Encoded; they are read as the model takes them.
        probabilities: Of the model, `(pictures, classes)`.
        labels: `(pictures,)` integers, or `(pictures, classes)` 0/1 where several classes may
            hold; None if they are unknown.
    """

    pictures: EncodedPictures
    probabilities: np.ndarray
    labels: np.ndarray | None


def reference(model: keras.Model, source: VerifyOn, limit: int = LIMIT) -> Reference:
    """Asks the model about the first pictures of a split or of paths, a batch at a time.

    Raises:
        ValueError: If there is no readable picture.
    """
    pictures = as_taken_by(model, encoded_images(source, limit))
    starts = range(0, len(pictures), BATCH_SIZE)
    batches = (range(start, min(start + BATCH_SIZE, len(pictures))) for start in starts)
    found = [model.predict_on_batch(pictures.read(batch)) for batch in batches]
    labels = true_labels(source, class_names(model), limit)
    return Reference(pictures, np.concatenate(found).astype("float32"), labels)


def decoded_images(model: keras.Model, source: VerifyOn) -> np.ndarray:
    """Returns the first pictures of `source` as `model` takes them: `(pictures, height, width, 3)`.

    They are float32 in 0..255.
    """
    pictures = as_taken_by(model, encoded_images(source))
    return pictures.read(range(len(pictures)))


def as_taken_by(model: keras.Model, images: list[bytes]) -> EncodedPictures:
    """Returns encoded images that are read at the size, and in the way, that `model` takes them."""
    return EncodedPictures(images, **input_format(model)._asdict())
