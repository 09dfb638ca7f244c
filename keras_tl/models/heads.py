"""What is put on a backbone: pooling, a head that gives logits, and named probabilities."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import KerasTensor

from keras_tl.foundation.checks import in_range, one_of

POOLINGS = ("avg", "max", "concat", "flatten")
TEMPERATURES = (1e-3, 1e3)


def pool(features: KerasTensor, pooling: str) -> KerasTensor:
    """Pools a feature map `(batch, height, width, channels)` to `(batch, features)`.

    `"concat"` is average and maximum side by side. A vector is returned as it is.
    """
    one_of("pooling", pooling, POOLINGS)
    if len(features.shape) == 2:
        return features
    if pooling == "flatten":
        return keras.layers.Flatten(name="head_flatten")(features)
    average = keras.layers.GlobalAveragePooling2D(name="head_average")
    maximum = keras.layers.GlobalMaxPooling2D(name="head_maximum")
    if pooling == "concat":
        both = [average(features), maximum(features)]
        return keras.layers.Concatenate(name="head_concat")(both)
    return average(features) if pooling == "avg" else maximum(features)


def linear(features: KerasTensor, classes: int) -> KerasTensor:
    """One dense layer, which a linear probe trains."""
    return keras.layers.Dense(classes, dtype="float32", name="head_logits")(features)


def mlp(features: KerasTensor, classes: int) -> KerasTensor:
    """A hidden layer of 256 rectified units, then a dense layer."""
    hidden = keras.layers.Dense(256, activation="relu", dtype="float32", name="head_hidden")
    return linear(hidden(features), classes)


def cosine(features: KerasTensor, classes: int) -> KerasTensor:
    """Cosine similarity to a weight vector a class, times a learned scale."""
    return CosineLogits(classes, dtype="float32", name="head_logits")(features)


HEADS: dict[str, Callable[[KerasTensor, int], KerasTensor]] = {
    "linear": linear,
    "mlp": mlp,
    "cosine": cosine,
}


def put_head(
    features: KerasTensor,
    class_names: Sequence[str],
    *,
    pooling: str,
    head: str,
    dropout: float,
    multi_label: bool,
) -> KerasTensor:
    """Returns the probabilities `(batch, classes)` of a head on `features`, in float32."""
    one_of("head", head, HEADS)
    in_range("dropout", dropout, 0.0, 0.95)
    vector = pool(features, pooling)
    if dropout:
        vector = keras.layers.Dropout(dropout, name="head_dropout")(vector)
    logits = HEADS[head](vector, len(class_names))
    return ClassProbabilities(list(class_names), multi_label, name="probabilities")(logits)


@keras.saving.register_keras_serializable("keras_tl")
class ClassProbabilities(keras.layers.Layer):
    """Turns logits into probabilities and carries the names of the classes.

    Args:
        class_names: Names in the order of the logits.
        multi_label: Whether several classes may hold at once (sigmoid) or one does (softmax).
        temperature: What logits are divided by (Guo et al., 2017, arXiv:1706.04599).

    Call:
        logits: `(batch, classes)`. Returns float32 probabilities of the same shape.
    """

    def __init__(
        self,
        class_names: Sequence[str],
        multi_label: bool = False,
        temperature: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.class_names = list(class_names)
        self.multi_label = multi_label
        self.temperature = in_range("temperature", temperature, *TEMPERATURES)

    def call(self, logits: Any) -> Any:
        """Applies softmax or sigmoid to logits over temperature."""
        activation = keras.activations.sigmoid if self.multi_label else keras.activations.softmax
        return activation(logits if self.temperature == 1.0 else logits / self.temperature)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Shapes stay as they are."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "class_names": list(self.class_names),
            "multi_label": self.multi_label,
            "temperature": self.temperature,
        }


@keras.saving.register_keras_serializable("keras_tl")
class CosineLogits(keras.layers.Layer):
    r"""Cosine classifier: `\tau \cos(z, w_c)` for each class `c`, with a learned scale `\tau`.

    Source: Gidaris and Komodakis, 2018, arXiv:1804.09458.

    Args:
        classes: Number of classes.
        scale: Scale that training begins with.

    Call:
        features: `(batch, features)`. Returns logits `(batch, classes)`.
    """

    def __init__(self, classes: int, scale: float = 10.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.classes = classes
        self.scale = scale

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates a weight vector a class and the scale."""
        self.kernel = self.add_weight(
            shape=(input_shape[-1], self.classes), initializer="glorot_uniform", name="kernel"
        )
        self.temperature = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(self.scale), name="scale"
        )

    def call(self, features: Any) -> Any:
        """Returns scaled cosine similarities."""
        directions = keras.ops.normalize(self.kernel, axis=0)
        return self.temperature * keras.ops.matmul(keras.ops.normalize(features), directions)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """One logit a class."""
        return (*input_shape[:-1], self.classes)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "classes": self.classes, "scale": self.scale}
