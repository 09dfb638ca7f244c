import keras
import numpy as np
from keras import layers

import keras_tl as ktl


def test_under_a_pooled_linear_head_it_is_cam_by_the_number_of_places(
    make_pooled, map_of, enlarge, images
):
    """Zhou et al., 2015, arXiv:1512.04150: the kernel of the head weighs the channels."""
    model = make_pooled()
    kernel = model.layers[-1].get_weights()[0]
    for explained in range(3):
        found = ktl.explain(model, images, classes=str(explained))
        cam = map_of(model, images) @ kernel[:, explained]
        expected = enlarge(np.maximum(cam, 0) / 16, 16)
        np.testing.assert_allclose(found.maps * found.peaks[:, None, None], expected, atol=1e-6)


def test_under_another_head_it_weighs_by_mean_differences(make_pooled, map_of, enlarge, images):
    """Central differences of the head, in float64, take the place of gradients."""
    ends = (layers.Flatten(), layers.Dense(7, activation="tanh"), layers.Dense(3))
    model = make_pooled(*ends)
    (hidden, bias), (kernel, _) = ends[1].get_weights(), ends[2].get_weights()

    def logit(features):
        return np.tanh(features.reshape(len(features), -1) @ hidden + bias) @ kernel[:, 1]

    features, small = map_of(model, images).astype("float64"), 1e-5
    weights = np.zeros((4, 5))
    for place in np.ndindex(4, 4, 5):
        change = np.zeros((4, 4, 5))
        change[place] = small
        slope = (logit(features + change) - logit(features - change)) / (2 * small)
        weights[:, place[2]] += slope / 16
    cam = np.maximum(np.einsum("nijk,nk->nij", features, weights), 0)
    found = ktl.explain(model, images, classes="1")
    np.testing.assert_allclose(found.maps * found.peaks[:, None, None], enlarge(cam, 16), atol=1e-6)


def test_the_layout_of_kerass_guide_is_explained_like_a_flat_model(images):
    """A backbone called inside a model, with augmentation before and dropout after it."""
    inner = keras.applications.MobileNet(
        include_top=False, weights=None, alpha=0.25, input_shape=(64, 64, 3)
    )
    big = np.kron(images, np.ones((1, 4, 4, 1))).astype("uint8")
    augment = keras.Sequential([layers.RandomFlip(), layers.RandomRotation(0.2)])
    dense = layers.Dense(3, activation="softmax")
    pictures = keras.Input((64, 64, 3))
    x = inner(augment(layers.Rescaling(1 / 127.5, -1)(pictures)), training=False)
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    nested = keras.Model(pictures, dense(x))
    flat = keras.applications.MobileNet(
        include_top=False, weights=None, alpha=0.25, input_shape=(64, 64, 3)
    )
    flat.set_weights(inner.get_weights())
    head = dense(layers.GlobalAveragePooling2D()(flat.output))
    flat = keras.Model(flat.input, head)
    found = ktl.explain(nested, big, classes="0")
    features = keras.Model(flat.input, flat.layers[-3].output).predict(
        big / np.float32(127.5) - 1, verbose=0
    )
    cam = np.maximum(features @ dense.get_weights()[0][:, 0], 0).mean(axis=(1, 2)) / 4
    assert features.shape[1:3] == (2, 2)
    raw = found.maps * found.peaks[:, None, None]
    np.testing.assert_allclose(raw.mean(axis=(1, 2)), cam, rtol=1e-4, atol=1e-7)
