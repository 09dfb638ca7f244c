import numpy as np
from keras import layers

import keras_tl as ktl


def test_under_a_flattening_linear_head_it_is_the_part_of_the_logit_of_each_place(
    make_pooled, map_of, enlarge, images
):
    dense = layers.Dense(3, activation="softmax")
    model = make_pooled(layers.Flatten(), dense)
    kernel = dense.get_weights()[0].reshape(4, 4, 5, 3)
    parts = np.einsum("nijk,ijkc->nijc", map_of(model, images), kernel)
    for explained in range(3):
        found = ktl.explain(model, images, method="hires-cam", classes=str(explained))
        expected = enlarge(np.maximum(parts[..., explained], 0), 16)
        np.testing.assert_allclose(found.maps * found.peaks[:, None, None], expected, atol=1e-6)


def test_under_a_pooled_head_it_is_grad_cam(make_pooled, images):
    model = make_pooled()
    one, other = (ktl.explain(model, images, method=m) for m in ("hires-cam", "grad-cam"))
    np.testing.assert_allclose(one.maps, other.maps, atol=1e-5)
    np.testing.assert_allclose(one.peaks, other.peaks, rtol=1e-5)
