"""What an export answers: probabilities with the names of the classes, inside the graph."""

from collections.abc import Callable
from typing import Any

import keras

from keras_tl.models.card import class_names, is_multi_label
from keras_tl.models.decisions import THRESHOLD
from keras_tl.structure.chain import Chain, chain

Answer = Callable[..., dict[str, Any]]


def inference_function(model: keras.Model) -> Callable[[Any], Any]:
    """Returns the function of `model` without dropout, noise and augmentation."""
    return lambda inputs: model(inputs, training=False)


def named_answer(model: keras.Model) -> Answer:
    """Returns the function from probabilities to the named outputs of a signature.

    It takes probabilities `(batch, classes)` and, if some rows may be bad, bool `(batch,)`,
    which are not. A bad row has NaN for its probabilities and its score, an empty label, and
    nothing selected.
    """
    import tensorflow as tf

    names = tf.constant(class_names(model))
    has_several = is_multi_label(model)

    def answer(probabilities: Any, is_readable: Any = None) -> dict[str, Any]:
        if is_readable is not None:
            probabilities = tf.where(is_readable[:, None], probabilities, float("nan"))
        classes = tf.tile(names[None], [tf.shape(probabilities)[0], 1])
        outputs = {"probabilities": probabilities, "classes": classes}
        if has_several:
            return {**outputs, "selected": probabilities >= THRESHOLD}
        label = tf.gather(names, tf.argmax(probabilities, axis=-1))
        score = tf.reduce_max(probabilities, axis=-1)
        if is_readable is not None:
            label = tf.where(is_readable, label, "")
            score = tf.where(is_readable, score, float("nan"))
        return {**outputs, "label": label, "score": score}

    return answer


def around_head(model: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Returns what gives features to the head, and the head, as models over the same layers."""
    stages = chain(model)
    if not stages.has_head:
        stages = chain(model, head=_first_of_head(stages))
    return stages.split("head")


def of_features(model: keras.Model) -> tuple[Callable[[Any], dict[str, Any]], Any]:
    """Returns the function from features `(batch, features)` to named outputs, and their type."""
    import tensorflow as tf

    head, answer = around_head(model)[1], named_answer(model)
    spec = tf.TensorSpec((None, *head.inputs[0].shape[1:]), tf.float32, name="features")
    return lambda features: answer(inference_function(head)(features)), spec


def _first_of_head(stages: Chain) -> str:
    """Returns the first layer that `build_classifier` put on features that needed no pooling."""
    names = [layer.name for stage in stages for layer in stage.layers]
    return next(name for name in names if name.startswith("head_"))
