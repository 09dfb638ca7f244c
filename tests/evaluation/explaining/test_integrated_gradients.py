import keras
import numpy as np
import pytest
from keras import layers
from scipy.special import logit

import keras_tl as ktl
from keras_tl.evaluation.explaining.integrated_gradients import IntegratedGradients
from keras_tl.evaluation.explaining.opened_model import OpenedModel


def attributions(model, images, explained, **options):
    method = IntegratedGradients(**options)
    opened = OpenedModel(model, None, batch_size=64)
    return method.attributions(opened, images, np.full(len(images), explained))


def test_a_linear_model_gives_its_kernel_times_the_picture(images):
    pictures = keras.Input((16, 16, 3))
    dense = layers.Dense(2)
    model = keras.Model(pictures, dense(layers.Flatten()(pictures)))
    kernel = dense.get_weights()[0][:, 1].reshape(16, 16, 3)
    for steps, baseline in ((1, 0.0), (3, 100.0)):
        found = attributions(model, images, 1, steps=steps, baseline=baseline)
        np.testing.assert_allclose(found, kernel * (images - baseline), rtol=1e-3, atol=1e-3)


def test_attributions_add_up_to_the_difference_of_the_logits(tiny, images):
    """Completeness, on logits told from outside: log ratios of the probabilities."""
    images = images[:2]
    black = np.zeros_like(images)
    now, then = (np.log(tiny.predict(x, verbose=0)) for x in (images, black))
    change = now - then
    found = [attributions(tiny, images, c, steps=200).sum(axis=(1, 2, 3)) for c in (0, 1)]
    np.testing.assert_allclose(found[0] - found[1], change[:, 0] - change[:, 1], atol=1e-3)


def test_attributions_add_up_where_several_classes_may_hold(make_pooled, images):
    """A sigmoid can be turned back: SciPy's logit. The network is smooth, so that few steps do."""
    ends = (layers.GlobalAveragePooling2D(), layers.Dense(3, activation="sigmoid"))
    model = make_pooled(*ends, activation="tanh")
    now, then = (logit(model.predict(x, verbose=0)) for x in (images, np.zeros_like(images)))
    found = attributions(model, images, 2, steps=20).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(found, (now - then)[:, 2], atol=1e-4)


def test_the_map_is_what_is_positive_and_its_extremes_are_cut(make_model, images):
    model = make_model()
    found = ktl.explain(model, images, method="integrated-gradients", classes="ant", steps=8)
    sums = attributions(model, images, 0, steps=8).sum(axis=-1)
    for i, expected in enumerate(np.maximum(sums, 0)):
        np.testing.assert_array_equal(found.maps[i] > 0, expected > 0)
        cut = np.minimum(expected, np.quantile(expected[expected > 0], 0.99))
        np.testing.assert_allclose(found.maps[i] * found.peaks[i], cut, rtol=1e-4, atol=1e-7)


def test_the_picture_itself_as_baseline_leaves_an_empty_map(make_model):
    flat = np.full((1, 16, 16, 3), 100, "uint8")
    options = {"method": "integrated-gradients", "baseline": 100.0, "steps": 2}
    found = ktl.explain(make_model(), flat, **options)
    assert not found.maps.any()
    assert found.peaks.tolist() == [0.0]


def test_options_are_checked():
    with pytest.raises(ValueError, match="`steps` must be an integer >= 1"):
        IntegratedGradients(steps=0)
    with pytest.raises(ValueError, match=r"`baseline` must be between 0.0 and 255.0"):
        IntegratedGradients(baseline=-1.0)
