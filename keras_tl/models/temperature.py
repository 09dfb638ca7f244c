"""The temperature of a classifier: what its logits are divided by before they are probabilities."""

import keras

from keras_tl.models.card import probabilities_layer
from keras_tl.structure.chain import chain
from keras_tl.structure.graph import calls


def temperature(model: keras.Model) -> float:
    """Returns the temperature stored in `model`; 1 unless it has been calibrated."""
    return probabilities_layer(model).temperature


def set_temperature(model: keras.Model, value: float) -> None:
    """Stores a temperature in `model`, in place; what it has traced is traced anew.

    A model that shares layers with it, such as one that `freeze` returned, and has been asked for
    predictions before, goes on with the temperature of then until it is compiled.
    """
    probabilities_layer(model).temperature = value
    for traced in ("train_function", "test_function", "predict_function"):
        setattr(model, traced, None)


def logits_model(model: keras.Model) -> keras.Model:
    """Returns a model over the same layers that gives logits, whatever the temperature."""
    flat, layer = chain(model).model, probabilities_layer(model)
    (logits,) = next(call.inputs for call in calls(flat) if call.operation is layer)
    return keras.Model(flat.inputs, logits, name=f"{model.name}_logits")
