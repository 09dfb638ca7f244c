import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_tl as ktl
from keras_tl.serving.graphs.answer import around_head, inference_function, named_answer

FOUND = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]], "float32")


def test_a_label_is_the_likeliest_class_and_the_score_its_probability(make_model):
    answer = named_answer(make_model())(tf.constant(FOUND))
    assert answer["label"].numpy().tolist() == [b"ant", b"cat"]
    np.testing.assert_array_equal(answer["score"], np.float32([0.7, 0.6]))
    assert answer["classes"].numpy().tolist() == [[b"ant", b"bee", b"cat"]] * 2


def test_a_bad_row_says_nothing(make_model):
    readable = tf.constant([True, False])
    one = named_answer(make_model())(tf.constant(FOUND), readable)
    assert one["label"].numpy().tolist() == [b"ant", b""]
    np.testing.assert_array_equal(np.isnan(one["score"]), [False, True])
    several = named_answer(make_model(multi_label=True))(tf.constant(FOUND), readable)
    assert several["selected"].numpy().tolist() == [[True, False, False], [False] * 3]
    for answer in (one, several):
        np.testing.assert_array_equal(answer["probabilities"][0], FOUND[0])
        assert np.isnan(answer["probabilities"][1]).all()


@pytest.mark.parametrize("pooling", ["avg", "concat", "flatten"])
@pytest.mark.parametrize("head", ["linear", "mlp", "cosine"])
def test_the_head_takes_what_the_backbone_gives(make_model, pictures, pooling, head):
    model = make_model(pooling=pooling, head=head, dropout=0.5)
    prefix = keras.Model(model.inputs[0], model.get_layer("head_dropout").input)
    suffix = around_head(model)[1]
    found = inference_function(suffix)(prefix(pictures[0], training=False))
    np.testing.assert_allclose(found, model.predict_on_batch(pictures[0]), atol=1e-6)
    assert [weight.path for weight in suffix.weights] == [
        weight.path for weight in model.weights if "head" in weight.path
    ]


def test_features_that_need_no_pooling_enter_the_head_as_they_are(pictures):
    images = keras.Input((16, 16, 3))
    features = keras.layers.Conv2D(2, 3, strides=5)(images)
    backbone = keras.Model(images, keras.layers.Reshape((-1,))(features))
    model = ktl.build_classifier(backbone, ["ant", "bee"], dropout=0.5, head="mlp")
    head = around_head(model)[1]
    found = inference_function(head)(backbone(pictures[0]))
    np.testing.assert_allclose(found, model.predict_on_batch(pictures[0]), atol=1e-6)
