"""A backbone with a head: a plain, flat, functional Keras model."""

import contextlib
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import keras

from keras_tl.foundation.checks import one_of
from keras_tl.foundation.colours import WHITE, Colour
from keras_tl.foundation.sizing import RESIZE_POLICIES, as_size
from keras_tl.models.backbones import end_at, find_backbone, load_backbone
from keras_tl.models.card import read_model
from keras_tl.models.heads import put_head
from keras_tl.models.preprocessing import Preprocessing
from keras_tl.structure import graph
from keras_tl.structure.chain import chain


@runtime_checkable
class LabelledPictures(Protocol):
    """What a model needs to know of data; `keras_tl.Data` is one."""

    @property
    def class_names(self) -> Sequence[str]:
        """Names in the order of the labels."""

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width, in pixels."""

    @property
    def resize(self) -> str:
        """How pictures are brought to that size."""

    @property
    def background(self) -> Colour:
        """What shows where a picture is transparent: red, green and blue."""

    @property
    def multi_label(self) -> bool:
        """Whether several classes may hold at once."""


def build_classifier(
    backbone: str | os.PathLike[str] | keras.Model,
    data_or_class_names: LabelledPictures | Sequence[str],
    *,
    image_size: int | tuple[int, int] | None = None,
    weights: str | os.PathLike[str] | None = "imagenet",
    boundary: str | None = None,
    pooling: str = "avg",
    head: str = "linear",
    dropout: float = 0.0,
    multi_label: bool | None = None,
    resize: str | None = None,
    background: Colour | None = None,
    backbone_options: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> keras.Model:
    """Puts a new head on a pretrained backbone.

    Args:
        backbone: Name in `keras.applications`; a functional Keras model that takes images in
            0..255; or the path of a `.keras` file. If the model has a head, it is replaced. The
            layers of a model are shared, not copied: what trains the classifier trains them too.
        data_or_class_names: Data, from which class names, image size and resize policy are taken;
            or the class names.
        image_size: Pixels, one number or `(height, width)`. By default that of the data, else
            the native size of the backbone.
        weights: For a backbone by name: `"imagenet"`, `"glyphs"`, None, or a weights file.
        boundary: Stage or block at which the backbone ends, such as `"stage4"`; by default its end.
        pooling: `"avg"`, `"max"`, `"concat"` (both) or `"flatten"`. A backbone that ends in a
            vector is not pooled again.
        head: `"linear"`, `"mlp"` or `"cosine"`.
        dropout: Share of the pooled features that is dropped in training.
        multi_label: Whether several classes may hold at once. By default as the data say.
        resize: `"crop"`, `"pad"` or `"stretch"`; by default as the data say, else `"crop"`.
        background: Red, green and blue, in 0..255, that show where a picture is transparent; by
            default as the data say, else white.
        backbone_options: For a backbone by name: the constructor's own options, such as
            `{"alpha": 0.5}`.
        seed: Seed of the weights that are drawn, so that the same call gives the same model in
            any process.

    Returns:
        Flat functional model from images `(batch, height, width, 3)` in 0..255 to probabilities
        `(batch, classes)` in float32. Class names, resize policy and background are stored in it.

    Raises:
        ValueError: On an unknown name, a size below the backbone's smallest, weights that do not
            fit, or class names that are not distinct.
        ConnectionError: If ImageNet weights are not at hand and cannot be fetched.
    """
    data = data_or_class_names if isinstance(data_or_class_names, LabelledPictures) else None
    is_multi_label = bool(data and data.multi_label) if multi_label is None else multi_label
    class_names = _class_names(data_or_class_names, is_multi_label)
    policy = one_of("resize", resize or (data.resize if data else "crop"), RESIZE_POLICIES)
    colour = background or (data.background if data else WHITE)
    wanted = data.image_size if image_size is None and data else image_size
    size = None if wanted is None else as_size(wanted)
    with seeded(seed):
        body, family = _body(backbone, size, weights, backbone_options)
        if boundary is not None:
            body = end_at(body, boundary)
        images = keras.Input(body.inputs[0].shape[1:], name="images")
        outputs = put_head(
            _features(body, images, Preprocessing(family, policy, colour, name="preprocessing")),
            class_names,
            pooling=pooling,
            head=head,
            dropout=dropout,
            multi_label=is_multi_label,
        )
        return keras.Model(images, outputs, name=f"{body.name}_classifier")


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seeds Python's generator, from which Keras draws the seeds of layers, and puts it back."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def _body(
    backbone: str | os.PathLike[str] | keras.Model,
    image_size: tuple[int, int] | None,
    weights: str | os.PathLike[str] | None,
    options: Mapping[str, Any] | None,
) -> tuple[keras.Model, str | None]:
    """Returns a backbone without a head, and the family whose preprocessing it still needs."""
    if isinstance(backbone, keras.Model):
        return _headless(backbone, image_size), None
    if Path(backbone).suffix == ".keras":
        return _headless(read_model(backbone), image_size), None
    row = find_backbone(str(backbone))
    size = image_size or (row.native_size, row.native_size)
    return load_backbone(row.name, image_size=size, weights=weights, options=options), row.family


def _headless(model: keras.Model, image_size: tuple[int, int] | None) -> keras.Model:
    """Returns the part of a model before its head, at the size that is asked for."""
    if image_size and tuple(model.inputs[0].shape[1:3]) != image_size:
        inputs = graph.fresh_input(model.inputs[0], image_size)
        model = keras.Model(inputs, graph.replay(model, inputs), name=model.name)
    stages = chain(model)
    if not stages.has_head:
        return stages.model
    end = stages[-2].boundary.tensors[0]
    return keras.Model(stages.model.inputs[0], end, name=model.name.removesuffix("_classifier"))


def _features(body: keras.Model, images: Any, preprocessing: Preprocessing) -> Any:
    """Runs a backbone on images behind its preprocessing.

    A backbone that brings our preprocessing along keeps its family; the layer is made anew, since
    the resize policy and the background are those of the new model.
    """
    own = [layer for layer in body.layers if isinstance(layer, Preprocessing)]
    if not own:
        return graph.replay(body, preprocessing(images))
    config = {**preprocessing.get_config(), "family": own[0].family}
    renewed = Preprocessing.from_config(config)

    def visit(call: graph.Call, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        is_own = isinstance(call.operation, Preprocessing)
        return renewed(*arguments) if is_own else graph.run(call, arguments, options)

    return graph.replay(body, images, visit)


def _class_names(source: LabelledPictures | Sequence[str], multi_label: bool) -> list[str]:
    found = source.class_names if isinstance(source, LabelledPictures) else source
    names = [found] if isinstance(found, str) else [str(name) for name in found]
    if len(set(names)) < len(names) or len(names) < 2 - multi_label:
        raise ValueError(
            "`data_or_class_names` must be data or at least two distinct class names. "
            f"Received: {names}"
        )
    return names
