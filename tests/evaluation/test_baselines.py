import numpy as np
import pytest
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

import keras_tl as ktl
from keras_tl.evaluation import baselines
from keras_tl.evaluation.baselines import (
    BASELINES,
    accuracy_with_interval,
    decided_by,
    head_features,
    raw_pixel_svm,
    small_network,
)
from keras_tl.evaluation.metrics import interval


def scored(name, model, data):
    return accuracy_with_interval(decided_by(name, model, data), data.test.labels)


def test_majority_is_the_share_of_the_largest_class(make_model, arrays):
    images, labels = arrays
    keep = np.concatenate([np.flatnonzero(labels == 1), np.flatnonzero(labels != 1)[:20]])
    data = ktl.load_data((images[keep], labels[keep]), image_size=16)
    found = scored("majority class", make_model(data.class_names), data)
    assert found["accuracy"] == data.test.counts()[1] / data.test.size
    right = data.test.labels == 1
    assert found["accuracy_interval"] == list(interval(right))


def test_raw_pixel_svm_is_scikit_learns_on_pixels_of_32(make_model, data):
    def pixels(split):
        images = [Image.fromarray(i.astype("uint8")) for i in split.images()]
        small = [image.resize((32, 32), Image.Resampling.BILINEAR) for image in images]
        return np.stack([np.asarray(image) for image in small]).reshape(split.size, -1)

    expected = SVC(C=10).fit(pixels(data.train), data.train.labels).predict(pixels(data.test))
    found = raw_pixel_svm(make_model(), data)
    np.testing.assert_array_equal(found, expected)
    assert scored("raw-pixel SVM", make_model(), data)["accuracy"] == pytest.approx(
        (expected == data.test.labels).mean()
    )


def test_linear_probe_is_scikit_learns_on_what_the_head_gets(make_model, data):
    model = make_model()
    logits = model.get_layer("head_logits")
    import keras

    body = keras.Model(model.inputs, logits.input)
    train, test = (body.predict(s.images(), verbose=0) for s in (data.train, data.test))
    scaler = StandardScaler().fit(train)
    probe = LogisticRegression(C=0.1, max_iter=5000).fit(scaler.transform(train), data.train.labels)
    expected = probe.predict(scaler.transform(test)) == data.test.labels
    assert scored("linear probe", model, data)["accuracy"] == pytest.approx(expected.mean())


def test_features_stand_in_the_order_of_the_split_whatever_the_epoch(make_model, data):
    prefix, _ = ktl.chain(make_model()).split(-1)
    first = head_features(prefix, data.train)
    data.train.on_epoch_end()
    np.testing.assert_array_equal(head_features(prefix, data.train), first)
    np.testing.assert_allclose(
        first,
        prefix.predict(data.train.images(), verbose=0).reshape(data.train.size, -1),
        atol=1e-6,
    )


def test_baselines_leave_the_model_alone(make_model, data):
    model = make_model()
    before = model.get_weights()
    for name in ("majority class", "raw-pixel SVM", "linear probe"):
        scored(name, model, data)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_from_scratch_trains_a_small_network_on_the_training_split(make_model, data, monkeypatch):
    monkeypatch.setattr(baselines, "SCRATCH_EPOCHS", (20, 20))
    found = scored("from scratch", make_model(), data)
    assert 0 <= found["accuracy_interval"][0] <= found["accuracy"]
    assert found["accuracy"] > 0.5
    assert small_network(3).output_shape == (None, 3)


def test_an_unknown_baseline_is_named(make_model, data):
    with pytest.raises(ValueError, match="Did you mean 'linear probe'"):
        scored("linear prob", make_model(), data)
    assert list(BASELINES) == ["majority class", "raw-pixel SVM", "linear probe", "from scratch"]


@pytest.fixture(scope="module")
def several():
    """Pictures that are bright in the channels of their classes; `cat` holds in every one."""
    labels = np.random.default_rng(0).integers(0, 2, (60, 3))
    labels[:, 2] = 1
    images = np.random.default_rng(1).normal(60, 10, (60, 16, 16, 3)) + 120 * labels[:, None, None]
    given = (np.clip(images, 0, 255).astype("uint8"), labels)
    return ktl.load_data(
        given, image_size=16, class_names=["ant", "bee", "cat"], multi_label=True, batch_size=8
    )


@pytest.mark.parametrize("name", BASELINES)
def test_of_several_labels_baselines_decide_on_each_class(make_model, several, name, monkeypatch):
    monkeypatch.setattr(baselines, "SCRATCH_EPOCHS", (12, 12))
    found = decided_by(name, make_model(multi_label=True), several)
    assert found.shape == several.test.labels.shape
    assert set(np.unique(found)) <= {0, 1}
    assert (found[:, 2] == 1).all()
    if name == "majority class":
        most = (several.train.labels.mean(axis=0) > 0.5).astype(int)
        np.testing.assert_array_equal(found, np.tile(most, (several.test.size, 1)))
    else:
        assert (found == several.test.labels).mean() > 0.9


def test_of_several_labels_the_probe_is_scikit_learns_for_each_class(make_model, several):
    model = make_model(multi_label=True)
    prefix, _ = ktl.chain(model).split(-1)
    train, test = (head_features(prefix, split) for split in (several.train, several.test))
    scaler = StandardScaler().fit(train)
    found = decided_by("linear probe", model, several)
    for column in (0, 1):
        probe = LogisticRegression(C=0.1, max_iter=5000)
        probe.fit(scaler.transform(train), several.train.labels[:, column])
        expected = probe.predict(scaler.transform(test))
        np.testing.assert_array_equal(found[:, column], expected)
