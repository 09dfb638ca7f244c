import hashlib

import keras
import numpy as np

from keras_tl.structure.digests import digest_of_weights


def variables(*arrays):
    return [keras.Variable(array) for array in arrays]


ONE, TWO = np.arange(6, dtype="float32").reshape(2, 3), np.ones(2, "float32")


def test_a_digest_is_of_every_value_in_order():
    """Oracle: hashlib over the bytes, each part after its length."""
    hasher = hashlib.sha256()
    for part in (b"a fact", ONE.tobytes(), TWO.tobytes()):
        hasher.update(len(part).to_bytes(8, "little") + part)
    assert digest_of_weights(variables(ONE, TWO), "a fact") == hasher.hexdigest()[:32]


def test_the_last_bit_of_a_value_is_enough():
    moved = np.nextafter(TWO, 2, dtype="float32")
    digests = {digest_of_weights(variables(*arrays)) for arrays in ((ONE, TWO), (ONE, moved))}
    assert len(digests | {digest_of_weights(variables(TWO, ONE))}) == 3
