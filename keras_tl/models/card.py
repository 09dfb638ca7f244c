"""What a classifier says about itself: names, size, task, resize policy. Read off its layers."""

import os
from pathlib import Path
from typing import NamedTuple

import keras

from keras_tl.foundation.archives import require_harmless
from keras_tl.foundation.colours import WHITE, Colour
from keras_tl.models.heads import ClassProbabilities
from keras_tl.models.preprocessing import Preprocessing


class InputFormat(NamedTuple):
    """How a model takes pictures.

    Attributes:
        size: Height and width, in pixels.
        policy: How pictures are brought to it: `"crop"`, `"pad"` or `"stretch"`.
        background: Red, green and blue, in 0..255, that show where a picture is transparent.
    """

    size: tuple[int, int]
    policy: str
    background: Colour


def class_names(model: keras.Model) -> list[str]:
    """Returns the class names stored in `model`, in the order of its outputs.

    Raises:
        ValueError: If it is not a classifier of this package.
    """
    return list(probabilities_layer(model).class_names)


def is_multi_label(model: keras.Model) -> bool:
    """Tells whether several classes may hold at once."""
    return probabilities_layer(model).multi_label


def input_format(model: keras.Model) -> InputFormat:
    """Returns how `model` takes pictures; the defaults if it does not say.

    Raises:
        ValueError: If its input has no fixed size.
    """
    return InputFormat(input_size(model), resize_policy(model), background(model))


def resize_policy(model: keras.Model) -> str:
    """Returns how pictures are brought to the input size: `"crop"`, `"pad"` or `"stretch"`."""
    preprocessing = _preprocessing(model)
    return preprocessing.resize if preprocessing else "crop"


def background(model: keras.Model) -> Colour:
    """Returns the red, green and blue, in 0..255, that show where a picture is transparent."""
    preprocessing = _preprocessing(model)
    return preprocessing.background if preprocessing else WHITE


def input_size(model: keras.Model) -> tuple[int, int]:
    """Returns height and width of the images that `model` takes, in pixels.

    Raises:
        ValueError: If they are not fixed.
    """
    _, height, width, _ = model.inputs[0].shape
    if height is None or width is None:
        raise ValueError(
            f"`model` must have a fixed image size. Received: {model.name!r} with input shape "
            f"{model.inputs[0].shape}. Build it with `image_size=`."
        )
    return height, width


def _preprocessing(model: keras.Model) -> Preprocessing | None:
    return next((layer for layer in model.layers if isinstance(layer, Preprocessing)), None)


def read_model(path: str | os.PathLike[str]) -> keras.Model:
    """Loads a `.keras` file in Keras's safe mode; nothing is downloaded.

    Raises:
        ValueError: If there is no such file, it is not harmless, or Keras cannot read it.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"`path` must be a `.keras` file. Received: path={str(path)!r}: no file.")
    require_harmless(path)
    try:
        return keras.saving.load_model(path, compile=False)
    except Exception as error:
        raise ValueError(
            f"`path` must be a `.keras` file that Keras can read. Received: path={str(path)!r}. "
            f"{type(error).__name__}: {str(error).splitlines()[0]}"
        ) from error


def load_classifier(path: str | os.PathLike[str]) -> keras.Model:
    """Loads a trained classifier; nothing is downloaded.

    Args:
        path: A `.keras` file, or the directory of a run.

    Raises:
        ValueError: If there is none, or it is not a classifier of this package.
    """
    path = Path(path)
    model = read_model(path / "model.keras" if path.is_dir() else path)
    class_names(model)
    return model


def probabilities_layer(model: keras.Model) -> ClassProbabilities:
    """Returns the last layer of a classifier.

    Raises:
        ValueError: If it is not a classifier of this package.
    """
    found = _probabilities_layers(model)
    if not found:
        raise ValueError(
            "`model` must be a classifier made by `keras_tl.build_classifier`, which stores the "
            f"class names. Received: {model.name!r}. Put a head on it: "
            "`build_classifier(model, class_names)`."
        )
    return found[-1]


def is_classifier(model: keras.Model) -> bool:
    """Tells whether a model is a classifier of this package."""
    return bool(_probabilities_layers(model))


def _probabilities_layers(model: keras.Model) -> list[ClassProbabilities]:
    return [layer for layer in model.layers if isinstance(layer, ClassProbabilities)]
