"""Whether a classifier and data belong together."""

import keras

from keras_tl.data.dataset import Data
from keras_tl.models.card import background, class_names, input_size, resize_policy


def require_match(model: keras.Model, data: Data) -> None:
    """Raises `ValueError` if the model was made for other classes or other pictures.

    Args:
        model: Classifier from `build_classifier`.
        data: What it is to be trained on; there must be training images.
    """
    pairs = {
        "class names": (class_names(model), data.class_names),
        "image size": (input_size(model), data.image_size),
        "resize policy": (resize_policy(model), data.resize),
        "background": (background(model), data.background),
    }
    for what, (of_model, of_data) in pairs.items():
        if of_model != of_data:
            raise ValueError(
                f"`model` and `data` must have the same {what}. Received: {of_model} in the "
                f"model, {of_data} in the data. Build the model with `build_classifier(..., data)`."
            )
    if not data.train.size:
        raise ValueError("`data` must have training images. Received: an empty training split")
