"""Which Keras layers may augment: those that draw for each picture, and leave its shape."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras

_CONTAINERS = (keras.layers.Pipeline, keras.Sequential)
_WITHOUT_DRAWS = (keras.layers.AutoContrast, keras.layers.Equalization)
_MIXING = {keras.layers.MixUp: "mixup", keras.layers.CutMix: "cutmix"}
_LEVELS = (0, 255)


def accepted(layers: Sequence[keras.Layer], *, flip: bool) -> list[keras.Layer]:
    """Returns the layers of a list one after the other, those in a pipeline too.

    Args:
        layers: Keras layers, such as `keras.layers.RandomFlip`.
        flip: Whether they may mirror.

    Raises:
        ValueError: If one of them is no augmentation of single pictures in 0..255; it is named.
    """
    if not isinstance(layers, (list, tuple)) or not layers:
        raise ValueError(
            "`augment` must be a name or a list of Keras layers. "
            f"Received: augment={layers!r}. Pass `[keras.layers.RandomFlip('horizontal')]`."
        )
    found = list(_flat(layers))
    for layer in found:
        if problem := _not_a_layer(layer) or _unfit(layer) or _ill_placed(layer, flip):
            name = getattr(layer, "name", "")
            raise ValueError(
                "`augment` must hold Keras layers that change single pictures at random, their "
                f"levels from 0 to 255. Received: {type(layer).__name__} {name!r}, which {problem}"
            )
    return found


def mirrors(layer: keras.Layer) -> bool:
    """Tells whether a layer of `accepted` mirrors."""
    return isinstance(layer, keras.layers.RandomFlip)


def _flat(layers: Sequence[Any]) -> Iterator[Any]:
    for layer in layers:
        if isinstance(layer, _CONTAINERS):
            yield from _flat(layer.layers)
        else:
            yield layer


def _not_a_layer(layer: Any) -> str:
    return "" if isinstance(layer, keras.Layer) else "is no Keras layer."


def _unfit(layer: keras.Layer) -> str:
    """Says why a layer is no augmentation; empty if it is one."""
    for kind, name in _MIXING.items():
        if isinstance(layer, kind):
            return f"mixes pictures with each other. Pass `mix={name!r}`."
    if isinstance(layer, keras.layers.AugMix):
        return (
            "chooses its operations by Python's own generator, so that no seed brings them back. "
            "Pass `augment='rand'` or `keras.layers.RandAugment`."
        )
    if layer.weights or not (layer.variables or isinstance(layer, _WITHOUT_DRAWS)):
        return "draws nothing, or learns. What every picture goes through belongs in the model."
    return ""


def _ill_placed(layer: keras.Layer, flip: bool) -> str:
    """Says why an augmentation does not suit these pictures; empty if it does."""
    if mirrors(layer) and not flip:
        return "mirrors, and here a mirrored picture means something else. Leave it out."
    levels = tuple(getattr(layer, "value_range", _LEVELS))
    if levels != _LEVELS:
        return f"expects levels in {levels}. Pass `value_range=(0, 255)`."
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        return "expects channels first. Pass `data_format='channels_last'`."
    if layer.compute_dtype != "float32":
        return f"computes in {layer.compute_dtype}, which rounds. Pass `dtype='float32'`."
    return ""
