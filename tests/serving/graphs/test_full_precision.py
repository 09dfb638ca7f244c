import keras
import numpy as np
import pytest

from keras_tl.serving.formats import FORMATS
from keras_tl.serving.graphs.full_precision import computed_in, in_full_precision, is_mixed


@pytest.fixture
def mixed(make_tiny):
    def make(name, policy="mixed_float16"):
        keras.config.set_dtype_policy(policy)
        return make_tiny(name)

    yield make
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("name", ["residual", "nested", "raw_operations", "shared_layer"])
def test_a_mixed_model_computes_in_float32_with_the_same_weights(mixed, name, pictures):
    model = mixed(name)
    assert is_mixed(model)
    plain = in_full_precision(model)
    assert not is_mixed(plain)
    for mine, theirs in zip(plain.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    images = pictures[0]
    assert is_mixed(model)
    np.testing.assert_allclose(
        plain(images, training=False), model(images, training=False), atol=1e-2
    )


@pytest.mark.parametrize("policy", ["float16", "bfloat16"])
def test_what_mixed_precision_loses_is_within_what_is_allowed(mixed, policy, pictures):
    assert computed_in(mixed("nested", "float32")) == {"float32"}
    model = mixed("nested", f"mixed_{policy}")
    assert policy in computed_in(model)
    exact = in_full_precision(model)(pictures[0], training=False)
    found = keras.ops.cast(model(pictures[0], training=False), "float32")
    assert 0 < abs(np.array(found - exact)).max() < FORMATS["onnx"].mixed[policy]


def test_a_model_of_float32_is_returned_itself(make_tiny):
    model = make_tiny("nested")
    assert in_full_precision(model) is model
