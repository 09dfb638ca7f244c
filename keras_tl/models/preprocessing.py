"""Preprocessing in the graph: pictures go in as 0..255, always."""

from typing import Any

import keras

from keras_tl.foundation.checks import one_of
from keras_tl.foundation.colours import WHITE, Colour, as_colour
from keras_tl.foundation.sizing import RESIZE_POLICIES


@keras.saving.register_keras_serializable("keras_tl")
class Preprocessing(keras.layers.Layer):
    """Keras's own `preprocess_input` of a family, as the first layer of a model.

    For families that normalise inside (EfficientNet, EfficientNetV2, MobileNetV3, ConvNeXt) that
    is the identity.

    Args:
        family: Module of `keras.applications`, such as `"resnet"`; None leaves images alone.
        resize: How pictures of another shape are brought to the input size: `"crop"` (the middle),
            `"pad"` (with black) or `"stretch"`. The layer does not resize; it carries the choice,
            so that prediction and export do what training did.
        background: Red, green and blue, in 0..255, that show where a picture is transparent;
            carried likewise.

    Call:
        images: `(batch, height, width, 3)`, 0..255. Returns float32 of the same shape.
    """

    def __init__(
        self,
        family: str | None = None,
        resize: str = "crop",
        background: Colour = WHITE,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.family = family
        self.resize = one_of("resize", resize, RESIZE_POLICIES)
        self.background = as_colour(background)

    def call(self, images: Any) -> Any:
        """Normalises a batch of images."""
        if self.family is None:
            return images
        return getattr(keras.applications, self.family).preprocess_input(images)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Shapes stay as they are."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "family": self.family,
            "resize": self.resize,
            "background": list(self.background),
        }
