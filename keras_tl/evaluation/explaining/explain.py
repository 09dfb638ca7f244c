"""Where in a picture a classifier sees a class."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_tl.data.split import Split
from keras_tl.evaluation.explaining.heatmaps import Heatmaps
from keras_tl.evaluation.explaining.map_boundary import stage_of
from keras_tl.evaluation.explaining.method import Method
from keras_tl.evaluation.explaining.methods import make_method
from keras_tl.evaluation.explaining.opened_model import OpenedModel
from keras_tl.evaluation.explaining.scaling import enlarged, scaled
from keras_tl.evaluation.explaining.targets import Classes, names_of_outputs, targets
from keras_tl.evaluation.given_pictures import Where, as_split
from keras_tl.evaluation.predict import predict_split
from keras_tl.foundation.checks import at_least
from keras_tl.foundation.progress import track

_SHOW_FROM = 20


def explain(
    model: keras.Model,
    images: Where | Sequence[Where] | np.ndarray | Split,
    *,
    method: str = "grad-cam",
    classes: Classes = None,
    top: int = 1,
    boundary: str | None = None,
    batch_size: int = 32,
    **options: Any,
) -> Heatmaps:
    """Shows where in pictures a classifier sees a class.

    What is explained is the logit of the class, before softmax or sigmoid, in inference mode. The
    maps hold what speaks for the class, not what speaks against it.

    Args:
        model: Classifier from `build_classifier`, or any functional or Sequential model from images
            in 0..255 to classes, flat or nested; what comes before a softmax or sigmoid at its end
            is its logits. The classes of a model without names are `"0"`, `"1"` and so on.
        images: A file, a folder, a list of files; an array `(images, height, width, 3)` in 0..255
            of any size; or a split.
        method: `"grad-cam"`; `"grad-cam++"`, which finds several things of a class better;
            `"hires-cam"`, which is exact for heads that flatten the map; `"score-cam"`, which needs
            no gradients; or, on the pixels, `"integrated-gradients"` and `"occlusion"`. The last
            three run the model many times a picture.
        classes: Name of the class to explain; or a list of one name for each picture. A tuple of
            names in the place of one shows them side by side, and `[("cat", "dog")]` does so for
            all pictures. None is the most probable class of each.
        top: Where `classes` is None: how many of the most probable classes of each picture.
        boundary: Stage or block whose feature map is looked at, such as `"stage3"`; by default the
            last map before pooling. Where two tensors pass it (NASNet) it is the last.
        batch_size: Most images that the model runs on at once.
        **options: Those of the method: `steps` and `baseline` of integrated gradients, `patch`,
            `stride` and `level` of occlusion.

    Returns:
        A map for each picture and class, with `.overlay(i)`, `.picture()` and `.to_png(directory)`.

    Raises:
        ValueError: If there is no picture, no such method, class or boundary, or the method looks
            at no feature map and a boundary is given.
        RuntimeError: If the method needs gradients and the backend is not TensorFlow or JAX.
    """
    chosen = make_method(method, options)
    opened = OpenedModel(model, boundary, at_least("batch_size", batch_size, 1))
    where = _where(opened, method, chosen)
    split, set_aside = as_split(model, images, "images")
    probabilities, names = predict_split(model, split), names_of_outputs(model)
    pictures, numbers = targets(classes, top, probabilities, names)
    maps, peaks, shown = _explained(opened, chosen, split, pictures, numbers)
    named = split.names()
    return Heatmaps(
        maps=maps,
        images=shown,
        classes=[names[number] for number in numbers],
        scores=probabilities[pictures, numbers],
        names=[named[picture] for picture in pictures],
        peaks=peaks,
        method=method,
        boundary=where,
        set_aside=set_aside,
    )


def _where(opened: OpenedModel, name: str, method: Method) -> str:
    """Returns the stage whose feature map is looked at, or nothing."""
    if method.reads_map:
        return stage_of(opened.model, opened.map_boundary)
    if opened.boundary is not None:
        raise ValueError(
            f"`boundary` must be None for method={name!r}, which looks at the pixels. "
            f"Received: boundary={opened.boundary!r}"
        )
    return ""


def _explained(
    opened: OpenedModel, method: Method, split: Split, pictures: np.ndarray, numbers: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns maps, their peaks and the pictures, made batch by batch; one by one if it is slow."""
    size = split.pictures.size
    maps, peaks = np.empty((len(pictures), *size), "float32"), np.empty(len(pictures), "float32")
    shown = np.empty((len(pictures), *size, 3), "uint8")
    at_once = 1 if method.is_slow else opened.batch_size
    starts = range(0, len(pictures), at_once)
    show = method.is_slow or len(starts) >= _SHOW_FROM
    for start in track(starts, "Explaining", len(starts), show=show):
        part = slice(start, start + at_once)
        images = split.read(pictures[part])
        maps[part], peaks[part] = scaled(enlarged(method(opened, images, numbers[part]), size))
        shown[part] = np.clip(np.rint(images), 0, 255)
    return maps, peaks, shown
