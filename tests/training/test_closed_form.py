import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

import keras_tl as ktl
from keras_tl.training.calibrating_scale import calibrating_scale
from keras_tl.training.closed_form import head_features, solve_head
from keras_tl.training.solvers import GRID

NAMES = ["ant", "bee", "cat", "dog"]


def noisy_data(classes, **options):
    """Pictures whose class is their brightest channel or, for the fourth, none; some are wrong."""
    generator = np.random.default_rng(0)
    labels = np.arange(90) % classes
    images = generator.uniform(0, 150, (90, 16, 16, 3))
    rows = labels < 3
    images[rows, :, :, labels[rows]] += 30
    images += generator.normal(0, 15, (90, 1, 1, 3))
    options = {"class_names": NAMES[:classes], "image_size": 16, **options}
    return ktl.load_data((images.clip(0, 255), labels), **options)


@pytest.fixture(params=[2, 3])
def data(request):
    return noisy_data(request.param)


@pytest.fixture
def model(make_tiny, data):
    return ktl.build_classifier(make_tiny("plain"), data, dropout=0.5)


def features_of(model, split):
    return head_features(ktl.chain(model).split(-1)[0], split)


def logits_of(model, split):
    logits = keras.Model(model.inputs, model.get_layer("head_logits").output)
    return logits.predict(split.images(), verbose=0)


def oracle(model, data, estimator):
    """Scikit-learn's own pipeline on the same features."""
    pipeline = make_pipeline(StandardScaler(), estimator)
    return pipeline.fit(features_of(model, data.train), data.train.labels)


def as_logits(decisions):
    is_one = decisions.ndim == 1
    return np.stack([-decisions / 2, decisions / 2], axis=1) if is_one else decisions


def test_logistic_logits_are_decision_values(model, data):
    solve_head(model, data, C=0.5)
    expected = oracle(model, data, LogisticRegression(C=0.5, max_iter=5000))
    features = features_of(model, data.test)
    decisions = as_logits(expected.decision_function(features))
    assert np.ptp(decisions) > 1
    np.testing.assert_allclose(logits_of(model, data.test), decisions, atol=1e-5)
    probabilities = model.predict(data.test.images(), verbose=0)
    np.testing.assert_allclose(probabilities, expected.predict_proba(features), atol=1e-5)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), expected.predict(features))


def test_svm_logits_are_decision_values_times_one_scale(model, data):
    solve_head(model, data, "linear-svm", C=0.05)
    expected = oracle(model, data, LinearSVC(C=0.05, max_iter=5000, random_state=0))
    validation = as_logits(expected.decision_function(features_of(model, data.validation)))
    scale = calibrating_scale(validation, data.validation.labels)
    assert abs(scale - 1) > 0.1
    features = features_of(model, data.test)
    logits = logits_of(model, data.test)
    decisions = as_logits(expected.decision_function(features))
    np.testing.assert_allclose(logits, scale * decisions, atol=1e-5)
    np.testing.assert_array_equal(logits.argmax(axis=1), expected.predict(features))


@pytest.mark.parametrize(
    ("solver", "estimator"),
    [
        ("logistic", LogisticRegression(C=0.1, max_iter=5000)),
        ("linear-svm", LinearSVC(C=0.1, max_iter=5000, random_state=0)),
    ],
)
def test_without_validation_strength_and_scale_are_fixed(make_tiny, solver, estimator):
    data = noisy_data(3, validation=0.0)
    model = ktl.build_classifier(make_tiny("plain"), data)
    solve_head(model, data, solver)
    decisions = oracle(model, data, estimator).decision_function(features_of(model, data.test))
    np.testing.assert_allclose(logits_of(model, data.test), decisions, atol=1e-5)


@pytest.mark.parametrize("solver", ["logistic", "linear-svm"])
def test_strength_is_that_of_least_log_loss_on_validation(make_tiny, solver):
    data = noisy_data(4, validation=0.4)
    model = ktl.build_classifier(make_tiny("plain"), data)
    kernels, losses = [], []
    for strength in GRID:
        solve_head(model, data, solver, C=strength)
        kernels.append(model.get_layer("head_logits").get_weights()[0])
        losses.append(ktl.evaluate(model, data.validation).log_loss)
    best = int(np.argmin(losses))
    assert losses[best] < losses[-1] - 0.01
    solve_head(model, data, solver)
    np.testing.assert_array_equal(model.get_layer("head_logits").get_weights()[0], kernels[best])


@pytest.mark.parametrize("solver", ["logistic", "linear-svm"])
def test_only_the_last_layer_changes(model, data, weights_of, solver):
    before = weights_of(model)
    solve_head(model, data, solver)
    after = weights_of(model)
    changed = {path for path in before if before[path].tobytes() != after[path].tobytes()}
    assert changed == set(weights_of(model.get_layer("head_logits")))
    solve_head(model, data, solver)
    again = weights_of(model)
    assert all(after[path].tobytes() == again[path].tobytes() for path in after)


@pytest.mark.parametrize("pooling", ["avg", "max", "concat", "flatten"])
def test_every_pooling(make_tiny, pooling):
    data = noisy_data(3)
    body = ktl.chain(make_tiny("plain")).split(-1)[0]
    model = ktl.build_classifier(body, data, pooling=pooling)
    solve_head(model, data, C=0.1)
    expected = oracle(model, data, LogisticRegression(C=0.1, max_iter=5000))
    decisions = expected.decision_function(features_of(model, data.test))
    np.testing.assert_allclose(logits_of(model, data.test), decisions, atol=1e-5)


def test_a_feature_that_is_constant_but_for_float_noise_has_no_say(make_tiny):
    data = noisy_data(3)
    model = ktl.build_classifier(make_tiny("plain"), data)
    norm = next(
        layer
        for layer in reversed(model.layers)
        if isinstance(layer, keras.layers.BatchNormalization)
    )
    gamma, beta = np.array(norm.gamma), np.array(norm.beta)
    gamma[0], beta[0] = 1e-5, 5.0
    norm.gamma.assign(gamma)
    norm.beta.assign(beta)
    solve_head(model, data)
    assert np.abs(np.array(model.get_layer("head_logits").kernel)[0]).max() < 1e-4
    logits = logits_of(model, data.train)
    assert np.abs(logits).max() < 100


def test_a_saved_model_can_be_solved(model, data, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = ktl.load_classifier(tmp_path / "model.keras")
    solve_head(model, data)
    solve_head(loaded, data)
    np.testing.assert_allclose(logits_of(model, data.test), logits_of(loaded, data.test), atol=1e-5)


@pytest.mark.parametrize("head", ["mlp", "cosine"])
def test_other_heads_are_refused(make_tiny, head):
    data = noisy_data(3)
    model = ktl.build_classifier(make_tiny("plain"), data, head=head)
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"`model` must have a linear head.*head_logits"):
        solve_head(model, data)
    for kept, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, now)


def test_several_labels_are_refused(make_tiny):
    generator = np.random.default_rng(0)
    images, labels = generator.uniform(0, 255, (20, 16, 16, 3)), generator.integers(0, 2, (20, 3))
    data = ktl.load_data((images, labels), image_size=16, class_names=NAMES[:3])
    model = ktl.build_classifier(make_tiny("plain"), data)
    with pytest.raises(ValueError, match="one label an image"):
        solve_head(model, data)


def test_a_class_without_images_is_refused(make_tiny):
    data = noisy_data(3)
    data.train.labels[data.train.labels == 1] = 0
    model = ktl.build_classifier(make_tiny("plain"), data)
    with pytest.raises(ValueError, match=r"images of every class\. Received: none of 'bee'"):
        solve_head(model, data)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"solver": "logistik"}, "`solver` must be one of .* Did you mean 'logistic'"),
        ({"C": 0.0}, "`C` must be between .* Received: C=0.0"),
    ],
)
def test_bad_arguments(make_tiny, options, message):
    data = noisy_data(3)
    with pytest.raises(ValueError, match=message):
        solve_head(ktl.build_classifier(make_tiny("plain"), data), data, **options)


def test_data_for_another_model(make_tiny):
    model = ktl.build_classifier(make_tiny("plain"), ["x", "y", "z"])
    with pytest.raises(ValueError, match="the same class names"):
        solve_head(model, noisy_data(3))
