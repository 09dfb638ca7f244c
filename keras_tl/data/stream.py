"""The batches of a split as TensorFlow takes them without waiting."""

from typing import Any

import keras
import numpy as np

from keras_tl.data.split import Split

AHEAD = 2


def streamed(batches: Any) -> Any:
    """Returns what `fit` and `evaluate` should be given in the place of a split.

    Keras on TensorFlow wraps a `PyDataset` in a `tf.data.Dataset` that tunes itself in a thread.
    Whoever lets go of such an iterator waits until that thread wakes up, and it sleeps for up to
    as long as it has run: a short epoch may take twice its time. This wrapping has no such thread.

    Args:
        batches: A split; anything else, and every split on other backends, is returned as it is.

    Returns:
        A `tf.data.Dataset` of the batches in the order of the epoch that the split stands at
        whenever it is iterated. It does not move the split on.
    """
    if not isinstance(batches, Split) or keras.backend.backend() != "tensorflow":
        return batches
    import tensorflow as tf

    def epoch() -> Any:
        return (batches[number] for number in range(len(batches)))

    def signature(array: Any) -> Any:
        array = np.asarray(array)
        return tf.TensorSpec((None, *array.shape[1:]), array.dtype)

    options = tf.data.Options()
    options.autotune.enabled = False
    of_one = tf.nest.map_structure(signature, batches[0])
    stream = tf.data.Dataset.from_generator(epoch, output_signature=of_one)
    counted = stream.apply(tf.data.experimental.assert_cardinality(len(batches)))
    return counted.prefetch(AHEAD).with_options(options)
