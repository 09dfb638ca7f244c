import keras
import numpy as np
import pytest
from keras import layers

import keras_tl as ktl
from keras_tl.models.temperature import set_temperature


def dense(activation=None):
    return layers.Dense(3, activation=activation, name="logits")


ENDS = {
    "softmax in the layer": lambda: (dense("softmax"),),
    "sigmoid in the layer": lambda: (dense("sigmoid"),),
    "softmax after the layer": lambda: (dense(), layers.Activation("softmax")),
    "softmax as a layer": lambda: (dense(), layers.Softmax()),
    "sigmoid as an operation": lambda: (dense(), keras.ops.sigmoid),
    "softmax, then to float32": lambda: (
        dense("softmax"),
        layers.Activation("linear", dtype="float32"),
    ),
    "logits": lambda: (dense(),),
}


@pytest.fixture
def make_ending(make_pooled):
    def make(ends):
        return make_pooled(layers.GlobalAveragePooling2D(), *ENDS[ends]())

    return make


@pytest.mark.parametrize("ends", ENDS)
def test_each_end_is_explained_by_its_logits(make_ending, map_of, enlarge, images, ends):
    model = make_ending(ends)
    cam = map_of(model, images) @ model.get_layer("logits").get_weights()[0][:, 2]
    found = ktl.explain(model, images, classes="2")
    raw = found.maps * found.peaks[:, None, None]
    np.testing.assert_allclose(raw, enlarge(np.maximum(cam, 0) / 16, 16), atol=1e-6)
    np.testing.assert_allclose(found.scores, model.predict(images, verbose=0)[:, 2], rtol=1e-5)


def test_a_probability_of_one_is_explained_as_well(make_ending, images):
    """The gradient of a saturated softmax is zero; that of its logit is not."""
    model = make_ending("softmax in the layer")
    layer = model.get_layer("logits")
    sure = np.argmax(model.predict(images, verbose=0), axis=1).astype(str).tolist()
    before = ktl.explain(model, images, classes=sure)
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel * 1e5, bias])
    after = ktl.explain(model, images, classes=sure)
    assert (after.scores == 1.0).all()
    np.testing.assert_allclose(after.maps, before.maps, atol=1e-4)


def test_weights_that_change_afterwards_are_seen(make_ending, images):
    model = make_ending("softmax in the layer")
    before = ktl.explain(model, images, classes="0")
    kernel, bias = model.get_layer("logits").get_weights()
    model.get_layer("logits").set_weights([2 * kernel, bias])
    np.testing.assert_allclose(
        ktl.explain(model, images, classes="0").peaks, 2 * before.peaks, rtol=1e-5
    )


def test_a_temperature_changes_probabilities_and_no_map(make_model, images):
    model = make_model()
    before = ktl.explain(model, images, classes="bee")
    set_temperature(model, 4.0)
    after = ktl.explain(model, images, classes="bee")
    np.testing.assert_allclose(after.maps, before.maps, atol=1e-6)
    np.testing.assert_allclose(after.peaks, before.peaks, rtol=1e-5)
    assert not np.allclose(after.scores, before.scores, rtol=1e-3)


def test_a_gate_in_the_head_stays(make_pooled, images, map_of, enlarge):
    """A sigmoid that is not the end is a part of what is explained."""
    gate = layers.Dense(5, activation="sigmoid")
    model = make_pooled(layers.GlobalAveragePooling2D(), gate, layers.Dense(3))
    (inner, bias), (kernel, _) = gate.get_weights(), model.layers[-1].get_weights()
    features = map_of(model, images).astype("float64")
    share = 1 / (1 + np.exp(-(features.mean(axis=(1, 2)) @ inner + bias)))
    weights = (share * (1 - share) * kernel[:, 0]) @ inner.T / 16
    cam = np.maximum(np.einsum("nijk,nk->nij", features, weights), 0)
    found = ktl.explain(model, images, classes="0")
    np.testing.assert_allclose(found.maps * found.peaks[:, None, None], enlarge(cam, 16), atol=1e-6)


def test_a_model_of_maps_is_refused(make_pooled, images):
    with pytest.raises(ValueError, match=r"`model` must be a classifier.*\(None, 4, 4, 5\)"):
        ktl.explain(make_pooled(layers.Identity()), images, method="occlusion")
