import json

import numpy as np
import pytest
import tensorflow as tf

import keras_tl as ktl
from keras_tl.serving.proving.measure import bytes_of


@pytest.mark.filterwarnings("ignore:.*unproven")
@pytest.mark.parametrize("multi_label", [False, True])
def test_features_get_what_the_whole_model_says_of_pictures(
    make_model, tmp_path, data, multi_label
):
    model = make_model(multi_label=multi_label)
    path = ktl.export_head(model, tmp_path / "1", verify_on=None)
    served = tf.saved_model.load(str(path))
    assert set(served.signatures) == {"serving_default"}
    features, _ = ktl.features(model, data.test)
    answer = served.signatures["serving_default"](features=tf.constant(features))
    expected = ktl.predict(model, data.test)
    np.testing.assert_allclose(answer["probabilities"], expected.probabilities, atol=1e-5)
    if not multi_label:
        assert [label.decode() for label in answer["label"].numpy()] == expected.labels
    card = json.loads((path / "assets.extra" / "model_card.json").read_text())
    assert (card["format"], card["features"]) == ("head", features.shape[1])


@pytest.mark.filterwarnings("ignore:.*unproven")
def test_it_holds_the_head_alone(make_model, tmp_path):
    model = make_model()
    path = ktl.export_head(model, tmp_path / "1", verify_on=None)
    head = sum(w.value.numpy().nbytes for w in model.weights if "head" in w.path)
    (variables,) = (path / "variables").glob("*.data*")
    assert head <= variables.stat().st_size < head + 2000 < bytes_of(path)


@pytest.mark.slow
def test_another_head_is_refused(make_model, tmp_path, files):
    model = make_model()
    path = ktl.export_head(model, tmp_path / "1", verify_on=files)
    kernel, bias = model.layers[-2].get_weights()
    model.layers[-2].set_weights([kernel, bias + np.float32([0.01, 0, 0])])
    with pytest.raises(ktl.ExportError, match="other probabilities than the model"):
        ktl.verify_export(path, model, files)
