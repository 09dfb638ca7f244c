import numpy as np
import pytest
from keras import layers

import keras_tl as ktl


def expected(features, gradient):
    """Equation 19 of Chattopadhyay et al., 2017, with the derivatives of exp(S) by exp(S)."""
    second, third = gradient**2, gradient**3
    divisor = 2 * second + third * features.sum(axis=(1, 2), keepdims=True)
    alpha = np.where(second > 0, second / np.where(second > 0, divisor, 1), 0)
    weights = (alpha * np.maximum(gradient, 0)).sum(axis=(1, 2))
    return np.maximum(np.einsum("nijk,nk->nij", features, weights), 0)


@pytest.mark.parametrize("explained", [0, 1, 2])
def test_the_closed_form_under_linear_heads(make_pooled, map_of, enlarge, images, explained):
    for pool in (layers.GlobalAveragePooling2D(), layers.Flatten()):
        dense = layers.Dense(3, activation="softmax")
        model = make_pooled(pool, dense)
        kernel = dense.get_weights()[0][:, explained]
        features = map_of(model, images).astype("float64")
        by_place = kernel.reshape(4, 4, 5) if kernel.size == 80 else kernel / 16
        gradient = np.broadcast_to(by_place, features.shape)
        found = ktl.explain(model, images, method="grad-cam++", classes=str(explained))
        cam = enlarge(expected(features, gradient), 16)
        np.testing.assert_allclose(
            found.maps * found.peaks[:, None, None], cam, rtol=1e-4, atol=1e-6
        )
