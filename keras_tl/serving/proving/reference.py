"""Pictures, and what the model says of them: the yardstick for an export."""

from dataclasses import dataclass

import keras
import numpy as np

from keras_tl.data.pictures import EncodedPictures
from keras_tl.models.card import class_names
from keras_tl.serving.proving.proof_images import (
    LIMIT,
    VerifyOn,
    as_taken_by,
    encoded_images,
    read_in_batches,
    true_labels,
)


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
    answers = [model.predict_on_batch(images) for images in read_in_batches(pictures)]
    labels = true_labels(source, class_names(model), limit)
    return Reference(pictures, np.concatenate(answers).astype("float32"), labels)
