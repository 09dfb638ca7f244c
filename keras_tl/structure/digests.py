"""What weights are told apart by."""

from collections.abc import Iterable
from typing import Any

import keras

from keras_tl.foundation.files import digest


def digest_of_weights(weights: Iterable[Any], *facts: str) -> str:
    """Returns a digest of the values of weights, in order, after `facts` that belong to them."""
    return digest(*facts, *(keras.ops.convert_to_numpy(w.value).tobytes() for w in weights))
