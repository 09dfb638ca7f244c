"""Labels, scores and probabilities for files, folders, arrays and splits."""

from collections.abc import Sequence
from dataclasses import dataclass

import keras
import numpy as np

from keras_tl.data.examples import SetAside
from keras_tl.data.split import Split
from keras_tl.evaluation.given_pictures import Where, as_split
from keras_tl.foundation.progress import track
from keras_tl.models.card import class_names, is_multi_label
from keras_tl.models.decisions import labels_of

_SHOW_FROM = 20


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a classifier says of pictures, in their order.

    Attributes:
        labels: The most probable class of each picture; where several may hold, a tuple of those
            with a probability of at least a half.
        scores: Probability of the most probable class, `(pictures,)`.
        probabilities: `(pictures, classes)`, float32.
        names: Path, or number, of each picture.
        set_aside: Files that could not be read; they have no row.
    """

    labels: list[str] | list[tuple[str, ...]]
    scores: np.ndarray
    probabilities: np.ndarray
    names: list[str]
    set_aside: tuple[SetAside, ...] = ()


def predict(
    model: keras.Model, paths_or_images: Where | Sequence[Where] | np.ndarray | Split
) -> Predictions:
    """Classifies pictures.

    Args:
        model: Classifier from `build_classifier`.
        paths_or_images: A file, a folder, a list of files; an array `(images, height, width, 3)`
            in 0..255 of any size; or a split.

    Returns:
        Labels, scores and probabilities. Files that cannot be decoded are set aside by name.

    Raises:
        ValueError: If there is no picture to classify.
    """
    names = class_names(model)
    split, set_aside = as_split(model, paths_or_images, "paths_or_images")
    probabilities = predict_split(model, split)
    labels = labels_of(names, probabilities, multi_label=is_multi_label(model))
    scores = probabilities.max(axis=1)
    return Predictions(labels, scores, probabilities, split.names(), set_aside)


def predict_split(model: keras.Model, split: Split, *, show: bool = True) -> np.ndarray:
    """Returns what a model says of a split, `(images, classes)`, in its order.

    Args:
        model: Classifier, or the part of one that gives logits.
        split: What to classify.
        show: Whether to show a progress bar if there are many images.

    Raises:
        ValueError: If the model gives NaN.
    """
    ordered = split.in_order()
    show = show and len(ordered) >= _SHOW_FROM
    batches = track(ordered, "Classifying", len(ordered), show=show)
    return np.concatenate([predict_batch(model, images) for images, _ in batches])


def predict_batch(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Returns what a model says of a batch of images, `(batch, classes)`.

    Raises:
        ValueError: If the model gives NaN.
    """
    outputs = model.predict_on_batch(images)
    if not np.isfinite(outputs).all():
        raise ValueError(
            f"{model.name} gives probabilities that are not finite. Its weights are broken, as by "
            "a learning rate that was too high; train it again."
        )
    return outputs
