"""A classifier as one graph of TensorFlow operations, which converters read."""

from typing import Any

import keras

from keras_tl.models.card import input_size
from keras_tl.serving.graphs.answer import inference_function


def traced(model: keras.Model) -> Any:
    """Returns the concrete function from `images` to `{"probabilities": (batch, classes)}`.

    `images` is float32 `(batch, height, width, 3)`, of any batch. No function is called inside:
    Keras compiles grouped convolutions into functions that converters do not look into, so they
    are traced as part of the graph.
    """
    import tensorflow as tf

    images = tf.TensorSpec((None, *input_size(model), 3), tf.float32, name="images")
    infer = inference_function(model)
    function = tf.function(
        lambda images: {"probabilities": infer(images)}, input_signature=[images], autograph=False
    )
    was_eager = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        return function.get_concrete_function()
    finally:
        tf.config.run_functions_eagerly(was_eager)
