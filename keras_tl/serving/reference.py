"""Pictures, and what the model says of them: the yardstick for a file that was exported."""

from dataclasses import dataclass

import keras
import numpy as np

from keras_tl.data.pictures import EncodedPictures
from keras_tl.models.card import background, class_names, input_size, resize_policy
from keras_tl.serving.proof_images import VerifyOn, encoded_images, true_labels

BATCH_SIZE = 32


@dataclass(frozen=True)
class Reference:
    """Pictures as a model takes them, its answers, and the truth where it is known.

    Attributes:
        images: Float32 `(images, height, width, 3)` in 0..255.
        probabilities: Of the model, `(images, classes)`.
        labels: `(images,)` integers, or `(images, classes)` 0/1 where several classes may hold;
            None if they are unknown.
    """

    images: np.ndarray
    probabilities: np.ndarray
    labels: np.ndarray | None


def reference(model: keras.Model, source: VerifyOn) -> Reference:
    """Decodes the pictures of a split or of paths, and asks the model.

    Raises:
        ValueError: If there is no readable picture.
    """
    images = decoded_images(model, source)
    probabilities = model.predict(images, batch_size=BATCH_SIZE, verbose=0)
    return Reference(images, probabilities, true_labels(source, class_names(model)))


def decoded_images(model: keras.Model, source: VerifyOn) -> np.ndarray:
    """Returns the first pictures of `source` as `model` takes them: `Reference.images`."""
    encoded = encoded_images(source)
    return as_taken_by(model, encoded).read(range(len(encoded)))


def as_taken_by(model: keras.Model, images: list[bytes]) -> EncodedPictures:
    """Returns encoded images that are read at the size, and in the way, that `model` takes them."""
    return EncodedPictures(
        images, input_size(model), resize_policy(model), background=background(model)
    )
