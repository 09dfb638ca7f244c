"""The backbones of `keras.applications`: one row a constructor."""

import inspect
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_tl.foundation.checks import known_keys, one_of
from keras_tl.models.weights.glyphs import GLYPHS
from keras_tl.structure import graph
from keras_tl.structure.chain import chain, end_of

_OURS = (
    "include_top",
    "weights",
    "input_shape",
    "input_tensor",
    "pooling",
    "classes",
    "classifier_activation",
    "name",
    "include_preprocessing",
)


@dataclass(frozen=True)
class Backbone:
    """What the package knows of a constructor.

    Attributes:
        name: Name in `keras.applications`.
        family: Its module there, whose `preprocess_input` it needs.
        native_size: Height and width its ImageNet weights were trained at, in pixels.
        smallest_size: Smallest height and width it accepts, in pixels.
        note: What is peculiar about it.
    """

    name: str
    family: str
    native_size: int
    smallest_size: int = 32
    note: str = ""

    @property
    def constructor(self) -> Any:
        """The function in `keras.applications`."""
        return getattr(keras.applications, self.name)

    @property
    def options(self) -> list[str]:
        """Names of the constructor's own options, such as `alpha`."""
        return [
            name for name in inspect.signature(self.constructor).parameters if name not in _OURS
        ]


def _family(family: str, sizes: Mapping[str, int], **facts: Any) -> list[Backbone]:
    return [Backbone(name, family, size, **facts) for name, size in sizes.items()]


_RESCALED = "ImageNet weights belong to a graph with a second rescaling"
_PAIRS = "cells read two cells before: boundaries are pairs of tensors"

BACKBONES: dict[str, Backbone] = {
    row.name: row
    for row in [
        *_family("convnext", {f"ConvNeXt{s}": 224 for s in ("Tiny", "Small", "Base")}),
        *_family("convnext", {"ConvNeXtLarge": 224, "ConvNeXtXLarge": 224}),
        *_family("densenet", {f"DenseNet{depth}": 224 for depth in (121, 169, 201)}),
        *_family(
            "efficientnet",
            {
                f"EfficientNetB{i}": size
                for i, size in enumerate((224, 240, 260, 300, 380, 456, 528, 600))
            },
            note=_RESCALED,
        ),
        *_family(
            "efficientnet_v2",
            {f"EfficientNetV2B{i}": size for i, size in enumerate((224, 240, 260, 300))},
        ),
        *_family(
            "efficientnet_v2",
            {"EfficientNetV2S": 384, "EfficientNetV2M": 480, "EfficientNetV2L": 480},
        ),
        *_family("inception_resnet_v2", {"InceptionResNetV2": 299}, smallest_size=75),
        *_family("inception_v3", {"InceptionV3": 299}, smallest_size=75),
        *_family("mobilenet", {"MobileNet": 224}),
        *_family("mobilenet_v2", {"MobileNetV2": 224}),
        *_family("mobilenet_v3", {"MobileNetV3Small": 224, "MobileNetV3Large": 224}),
        *_family("nasnet", {"NASNetMobile": 224, "NASNetLarge": 331}, note=_PAIRS),
        *_family("resnet", {f"ResNet{depth}": 224 for depth in (50, 101, 152)}),
        *_family("resnet_v2", {f"ResNet{depth}V2": 224 for depth in (50, 101, 152)}),
        *_family("vgg16", {"VGG16": 224}),
        *_family("vgg19", {"VGG19": 224}),
        *_family("xception", {"Xception": 299}, smallest_size=71),
    ]
}


def find_backbone(name: str) -> Backbone:
    """Returns the row called `name`; raises `ValueError` with the nearest name otherwise."""
    return BACKBONES[one_of("backbone", name, BACKBONES)]


def load_backbone(
    name: str,
    *,
    image_size: tuple[int, int],
    weights: str | os.PathLike[str] | None = "imagenet",
    options: Mapping[str, Any] | None = None,
) -> keras.Model:
    """Builds a backbone without its top, its weights loaded.

    Args:
        name: Name of a row.
        image_size: Height and width of the input, in pixels.
        weights: `"imagenet"` (from Keras's cache or fetched), `"glyphs"` (the small backbone that
            the package carries), None (random), or the path of a weights file.
        options: The constructor's own options, such as `{"alpha": 0.5}`.

    Returns:
        Functional model from images in 0..255, normalised as the family does it outside, to the
        last feature map `(batch, height, width, channels)`.

    Raises:
        ValueError: On an unknown name or option, a size below the family's smallest, or weights
            that do not fit.
        ConnectionError: If ImageNet weights are not at hand and cannot be fetched.
    """
    row = find_backbone(name)
    _check_size(row, image_size)
    options = dict(options or {})
    known_keys("backbone_options", options, row.options)
    shape = (*image_size, 3)
    if weights == "glyphs":
        return _load_glyphs(row, shape, options)
    if weights == "imagenet":
        return _load_imagenet(row, shape, options)
    backbone = row.constructor(include_top=False, weights=None, input_shape=shape, **options)
    return backbone if weights is None else _load_file(backbone, Path(weights))


def _check_size(row: Backbone, image_size: tuple[int, int]) -> None:
    if min(image_size) < row.smallest_size:
        raise ValueError(
            f"`image_size` must be at least {row.smallest_size} pixels for {row.name}. "
            f"Received: image_size={image_size}. Its native size is {row.native_size}."
        )


def _load_glyphs(
    row: Backbone, shape: tuple[int, int, int], options: dict[str, Any]
) -> keras.Model:
    if row.name != GLYPHS.backbone or options:
        raise ValueError(
            f'`weights="glyphs"` belongs to {GLYPHS.backbone} without backbone_options. Received: '
            f'backbone={row.name!r}, backbone_options={options}. Use weights="imagenet" or None.'
        )
    whole = row.constructor(include_top=False, weights=None, input_shape=shape, **GLYPHS.options)
    backbone = end_at(whole, GLYPHS.boundary)
    backbone.load_weights(GLYPHS.path)
    return backbone


def end_at(model: keras.Model, boundary: str) -> keras.Model:
    """Returns `model` ended at a boundary of its chain, over the same layers.

    Args:
        model: Functional model.
        boundary: Name of the last stage or block that stays, such as `"stage4"`.

    Raises:
        ValueError: If there is no such stage, or the boundary is a pair of tensors.
    """
    end = end_of(model, boundary)
    if len(end.tensors) > 1:
        raise ValueError(
            f"`boundary` must be one tensor to put a head on, and {boundary!r} of {model.name} is "
            f"a pair. Received: boundary={boundary!r}. Leave it out to use the whole backbone."
        )
    return keras.Model(chain(model).model.inputs[0], end.tensors[0], name=model.name)


def _load_imagenet(
    row: Backbone, shape: tuple[int, int, int], options: dict[str, Any]
) -> keras.Model:
    try:
        return row.constructor(include_top=False, weights="imagenet", input_shape=shape, **options)
    except Exception as error:
        if "URL fetch failure" not in str(error):
            raise
        url = str(error).split("URL fetch failure on ")[1].split(": ")[0]
        raise ConnectionError(
            f"ImageNet weights for {row.name} are not at hand and could not be fetched. Put the "
            f"file {url} into {weights_directory()}, or use weights=None (random), "
            f'weights="glyphs" (with {GLYPHS.backbone}), or the path of a weights file.'
        ) from error


def _load_file(backbone: keras.Model, path: Path) -> keras.Model:
    if not path.is_file():
        raise ValueError(
            '`weights` must be "imagenet", "glyphs", None or the path of a weights file. '
            f"Received: weights={str(path)!r}, which is not a file."
        )
    try:
        backbone.load_weights(path)
    except Exception as error:
        raise ValueError(
            f"`weights` does not fit {backbone.name}: {str(path)!r}: {error}"
        ) from error
    return _with_imagenet_rescaling(backbone)


def _with_imagenet_rescaling(backbone: keras.Model) -> keras.Model:
    """Gives EfficientNetB* the rescaling that Keras inserts for `weights="imagenet"` only.

    Files whose normalisation holds ImageNet's moments were trained behind a second division, by
    the root of the standard deviation; Keras leaves it out when the file is given as a path.
    """
    norm = next((x for x in backbone.layers if isinstance(x, keras.layers.Normalization)), None)
    if not backbone.name.startswith("efficientnetb") or norm is None:
        return backbone
    moments = {weight.name: keras.ops.convert_to_numpy(weight.value) for weight in norm.weights}
    variance = moments["variance"].ravel()
    if np.allclose(variance, 1.0):
        return backbone
    rescale = keras.layers.Rescaling((variance**-0.25).tolist(), name="imagenet_rescaling")

    def visit(call: graph.Call, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        outputs = graph.run(call, arguments, options)
        return rescale(outputs) if call.operation is norm else outputs

    return graph.rebuild(backbone, visit)


def weights_directory() -> Path:
    """Returns where Keras keeps the weights that it fetches."""
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "models"


def has_imagenet_weights(row: Backbone) -> bool:
    """Tells whether Keras's cache holds a top-less ImageNet file for a backbone."""
    directory = weights_directory()
    files = [re.sub(r"[^a-z0-9]|^weights_", "", f.name.lower()) for f in directory.glob("*.h5")]
    mine = re.compile(rf"{row.name.lower()}(?!v\d).*notop")
    return any(mine.match(file) for file in files)
