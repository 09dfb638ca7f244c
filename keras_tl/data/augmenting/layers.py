"""Views of pictures by Keras's own random layers, as functions of numbers alone.

These layers take seeds from generators that every call moves on. Here each picture gets the states
of all generators that the seed, the view and its number mean (`keras.StatelessScope`), and those
of the layers themselves are never touched; so neither the rest of the batch nor other threads
can change a view.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from keras_tl.data.augmenting.accepted_layers import accepted, mirrors
from keras_tl.foundation.checks import at_least

_VERSION = 1
_STREAM = 0xA08
_LARGEST_STATE = 1 << 30
_ROUNDING = 0.01
_WITHOUT_EFFECT = ("name", "seed", "trainable", "build_config")

Tensor = Any
Program = Callable[[Tensor, Tensor], Tensor]


class LayerAugmentation:
    """Views by a list of Keras layers, one after the other, for training only.

    The seeds that the layers were made with are passed over. A layer of your own has to draw from
    a `keras.random.SeedGenerator`.

    Args:
        layers: Keras layers, such as `keras.layers.RandomFlip`.
        flip: Whether they may mirror.
        seed: Seed of all draws, 0 or more.

    Raises:
        ValueError: If a layer is no augmentation of single pictures in 0..255; it is named.
    """

    def __init__(self, layers: Sequence[keras.Layer], flip: bool = True, seed: int = 0) -> None:
        self.layers = accepted(layers, flip=flip)
        self.flip = any(map(mirrors, self.layers))
        self.seed = at_least("seed", seed, 0)
        self._programs: dict[tuple[int, ...], Program] = {}
        self._lock = threading.Lock()

    def __call__(
        self, images: np.ndarray, numbers: Sequence[int] | np.ndarray, view: int
    ) -> np.ndarray:
        """Returns pictures in a view, as `Augmenter` says.

        Raises:
            ValueError: If a layer gives another shape, or levels outside 0..255; it is named.
        """
        at_least("view", view, 0)
        if view == 0 or not len(images):
            return images
        program = self._program(images.shape[1:])
        states = np.stack([self._states(view, int(number)) for number in numbers])
        with keras.device("cpu:0"):
            found = np.array(keras.ops.convert_to_numpy(program(images, states)))
        if _problem(found[0], images[0]) or not _in_levels(found):
            self._name_the_layer(images, states)
        return np.clip(found, 0, 255)

    def to_dict(self) -> dict[str, Any]:
        """Returns all that the pixels follow from beside the picture, its number and the view."""
        return {
            "layers": [_described(layer) for layer in self.layers],
            "flip": self.flip,
            "seed": self.seed,
            "version": _VERSION,
            "keras": f"{keras.__version__}, {keras.backend.backend()}",
        }

    def _states(self, view: int, number: int) -> np.ndarray:
        """Returns the states of all generators, `(generators, 2)`, for one picture in a view."""
        generator = np.random.default_rng((self.seed, view, number, _STREAM))
        count = sum(len(layer.non_trainable_variables) for layer in self.layers)
        return generator.integers(_LARGEST_STATE, size=(count, 2), dtype="int32")

    def _program(self, shape: tuple[int, ...]) -> Program:
        """Returns what runs on pictures of a shape, on the processor beside any device."""
        with self._lock:
            if shape not in self._programs:
                for layer in self.layers:
                    if not layer.built:
                        layer.build((None, *shape))
                self._programs[shape] = self._traced(shape)
            return self._programs[shape]

    def _traced(self, shape: tuple[int, ...]) -> Program:
        """Returns one graph for a batch where TensorFlow runs; elsewhere layers run one by one."""
        if keras.backend.backend() != "tensorflow":
            return self._one_by_one
        import tensorflow as tf

        def program(images: Tensor, states: Tensor) -> Tensor:
            with keras.device("cpu:0"):
                return tf.map_fn(
                    lambda pair: self._one(*pair), (images, states), fn_output_signature="float32"
                )

        signature = [
            tf.TensorSpec((None, *shape), "float32"),
            tf.TensorSpec((None, *self._states(0, 0).shape), "int32"),
        ]
        return tf.function(program, signature, autograph=False).get_concrete_function()

    def _one_by_one(self, images: Tensor, states: Tensor) -> Tensor:
        found = [self._one(*pair) for pair in zip(images, states, strict=True)]
        return keras.ops.stack(found)

    def _one(self, image: Tensor, states: Tensor) -> Tensor:
        """Runs all layers on one picture."""
        *_, (_, seen) = self._steps(image, states)
        return seen

    def _steps(self, image: Tensor, states: Tensor) -> Iterator[tuple[keras.Layer, Tensor]]:
        """Yields each layer, and the picture `(height, width, 3)` that comes out of it."""
        first = 0
        for layer in self.layers:
            last = first + len(layer.non_trainable_variables)
            own = [states[i] for i in range(first, last)]
            pairs = zip(layer.non_trainable_variables, own, strict=True)
            with keras.StatelessScope(list(pairs)):
                images = layer(image[None], training=True)
            image, first = keras.ops.cast(images[0], "float32"), last
            yield layer, image

    def _name_the_layer(self, images: np.ndarray, states: np.ndarray) -> None:
        """Raises an error that names the first layer that does what none may do."""
        for image, own in zip(images, states, strict=True):
            for layer, found in self._steps(image, own):
                if problem := _problem(keras.ops.convert_to_numpy(found), image):
                    raise ValueError(
                        "`augment` must hold layers that leave the shape of a picture, and its "
                        f"levels from 0 to 255. Received: {type(layer).__name__} "
                        f"{layer.name!r}, which {problem}"
                    )


def _problem(seen: np.ndarray, image: np.ndarray) -> str:
    """Says what is wrong with a picture that came out of a layer; empty if nothing is."""
    if seen.shape != image.shape:
        return f"makes a picture of the shape {image.shape} one of {seen.shape}"
    if not _in_levels(seen):
        return f"gives levels from {seen.min():.4g} to {seen.max():.4g}"
    return ""


def _in_levels(images: np.ndarray) -> bool:
    return bool(images.min() >= -_ROUNDING and images.max() <= 255 + _ROUNDING)


def _described(layer: keras.Layer) -> Any:
    """Returns the configuration of a layer without its name and its seed, which change no view."""
    return _plain(keras.saving.serialize_keras_object(layer))


def _plain(config: Any) -> Any:
    if isinstance(config, dict):
        kept = {key: value for key, value in config.items() if key not in _WITHOUT_EFFECT}
        return {key: value if key == "dtype" else _plain(value) for key, value in kept.items()}
    if isinstance(config, (list, tuple)):
        return [_plain(value) for value in config]
    return config.item() if isinstance(config, np.generic) else config
