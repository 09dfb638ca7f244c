"""A layer that stays in inference mode in a model that trains."""

from typing import Any

import keras


@keras.saving.register_keras_serializable("keras_tl")
class InferenceOnly(keras.layers.Wrapper):
    """Calls a layer in inference mode, whatever the mode of the model around it.

    For frozen layers that act differently in training and do more than that, such as attention
    with dropout inside.
    """

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Calls the wrapped layer with `training=False`."""
        return self.layer(*args, **{**kwargs, "training": False})

    def build(self, input_shape: Any = None) -> None:
        """The wrapped layer is built already."""
        self.built = True
