import keras
import numpy as np
import pytest

from keras_tl.models.heads import HEADS, POOLINGS, ClassProbabilities, CosineLogits, pool, put_head


def features():
    return np.random.default_rng(0).normal(size=(2, 3, 3, 4)).astype("float32")


BY_NUMPY = {
    "avg": lambda x: x.mean(axis=(1, 2)),
    "max": lambda x: x.max(axis=(1, 2)),
    "concat": lambda x: np.concatenate([x.mean(axis=(1, 2)), x.max(axis=(1, 2))], axis=-1),
    "flatten": lambda x: x.reshape(len(x), -1),
}


@pytest.mark.parametrize("pooling", POOLINGS)
def test_pooling_is_numpys(pooling):
    inputs = keras.Input((3, 3, 4))
    model = keras.Model(inputs, pool(inputs, pooling))
    np.testing.assert_allclose(model(features()), BY_NUMPY[pooling](features()), rtol=1e-6)


def test_vectors_are_not_pooled():
    inputs = keras.Input((4,))
    assert pool(inputs, "avg") is inputs


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("multi_label", [False, True])
def test_heads_give_probabilities(head, multi_label):
    inputs = keras.Input((3, 3, 4))
    options = {"pooling": "avg", "dropout": 0.5, "multi_label": multi_label}
    model = keras.Model(inputs, put_head(inputs, ["a", "b", "c"], head=head, **options))
    found = np.asarray(model(features(), training=False))
    assert found.shape == (2, 3)
    assert ((found > 0) & (found < 1)).all()
    assert np.allclose(found.sum(axis=1), 1) != multi_label


def test_cosine_logits_are_scaled_cosines():
    layer = CosineLogits(3, scale=7.0)
    vectors = features().reshape(2, -1)
    found = layer(vectors)
    kernel = keras.ops.convert_to_numpy(layer.kernel.value)
    lengths = np.linalg.norm(vectors, axis=1)[:, None] * np.linalg.norm(kernel, axis=0)
    np.testing.assert_allclose(found, 7.0 * (vectors @ kernel) / lengths, rtol=1e-5)


@pytest.mark.parametrize("layer", [CosineLogits(3, 2.0), ClassProbabilities(["a", "b"], True)])
def test_config_is_the_constructors_arguments(layer):
    assert type(layer).from_config(layer.get_config()).get_config() == layer.get_config()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pooling": "mean"}, "`pooling` must be one of"),
        ({"head": "linaer"}, "Did you mean 'linear'"),
        ({"dropout": 1.5}, "`dropout` must be between"),
    ],
)
def test_wrong_words_are_refused(options, message):
    defaults = {"pooling": "avg", "head": "linear", "dropout": 0.0, "multi_label": False}
    with pytest.raises(ValueError, match=message):
        put_head(keras.Input((3, 3, 4)), ["a", "b"], **{**defaults, **options})
