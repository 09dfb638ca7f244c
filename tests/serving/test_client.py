import base64
import json
import sys
from concurrent import futures

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

import keras_tl as ktl
from keras_tl.serving import client
from keras_tl.serving.extras import MissingExtraError

NAMES = ["ant", "Bär", "猫"]
OPTIONS = [("grpc.max_receive_message_length", -1)]


@pytest.fixture
def signature_of(tmp_path):
    """Exports a model and returns the signature that a server asks."""

    def export(model):
        with pytest.warns(UserWarning, match="unproven"):
            path = ktl.export_saved_model(model, tmp_path / "1", verify_on=None)
        return tf.saved_model.load(str(path)).signatures["serving_default"]

    return export


def read_as_documented(body):
    """Reads a body by the rules of https://www.tensorflow.org/tfx/serving/api_rest.

    `instances` is a list of objects, one for each example, from the names of inputs to values;
    binary values are objects of the one key `b64`.
    """
    assert set(body) <= {"signature_name", "instances"}
    named = [instance.items() for instance in body["instances"]]
    columns = {name: [] for name, _ in named[0]}
    for items in named:
        for name, value in items:
            assert set(value) == {"b64"}
            columns[name].append(base64.b64decode(value["b64"], validate=True))
    return columns


def written_as_documented(outputs):
    """Writes outputs in the row format: `predictions`, one object for each example, from names to
    values; text stays text where the name of the output does not end in `_bytes`."""
    rows = zip(*(plain(value.numpy().tolist()) for value in outputs.values()), strict=True)
    return json.dumps({"predictions": [dict(zip(outputs, row, strict=True)) for row in rows]})


def plain(value):
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.decode() if isinstance(value, bytes) else value


def test_a_request_over_rest_is_what_tensorflow_serving_documents():
    assert client.rest_request([b"\xff\xd8\x00", b"two"]) == {
        "signature_name": "serving_default",
        "instances": [{"image_bytes": {"b64": "/9gA"}}, {"image_bytes": {"b64": "dHdv"}}],
    }


@pytest.mark.parametrize("multi_label", [False, True])
def test_over_rest_pictures_get_what_predict_says(make_model, signature_of, files, multi_label):
    model = make_model(NAMES, multi_label=multi_label)
    body = json.loads(json.dumps(client.rest_request([files[0], str(files[1]), b"no picture"])))
    given = {name: tf.constant(values) for name, values in read_as_documented(body).items()}
    reply = json.loads(written_as_documented(signature_of(model)(**given)))
    require_what_predict_says(client.rest_answers(reply), model, files[:2])


def require_what_predict_says(answers, model, paths):
    """Checks answers about paths, and after them about bytes that are no picture."""
    expected = ktl.predict(model, paths)
    *found, bad = answers
    for answer, row, label in zip(found, expected.probabilities, expected.labels, strict=True):
        np.testing.assert_allclose(answer["probabilities"], row, atol=1e-5)
        assert answer["classes"] == NAMES
        if "selected" in answer:
            assert answer["selected"] == (row >= 0.5).tolist()
        else:
            assert answer["label"] == label
            assert answer["score"] == pytest.approx(row.max(), abs=1e-5)
    assert np.isnan(bad["probabilities"]).all()
    assert bad.get("label", "") == ""
    assert not any(bad.get("selected", []))


class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Answers as TensorFlow Serving does, with a SavedModel."""

    def __init__(self, signature):
        self.signature = signature
        self.asked = None

    def Predict(self, request, context):  # noqa: N802
        self.asked = request.model_spec
        given = {name: tf.constant(tf.make_ndarray(t)) for name, t in request.inputs.items()}
        reply = predict_pb2.PredictResponse()
        for name, value in self.signature(**given).items():
            reply.outputs[name].CopyFrom(tf.make_tensor_proto(value.numpy()))
        return reply


@pytest.mark.parametrize("multi_label", [False, True])
def test_over_grpc_pictures_get_what_predict_says(make_model, signature_of, files, multi_label):
    model = make_model(NAMES, multi_label=multi_label)
    service = Service(signature_of(model))
    server = grpc.server(futures.ThreadPoolExecutor(1), options=OPTIONS)
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
            asked = client.grpc_request([files[0], str(files[1]), b"no picture"], "m", version=7)
            reply = stub.Predict(asked, timeout=60)
    finally:
        server.stop(None)
    require_what_predict_says(client.grpc_answers(reply), model, files[:2])
    assert (service.asked.name, service.asked.version.value) == ("m", 7)


def test_a_request_over_grpc_is_read_back_whole():
    pictures = [bytes(range(256)), b"\0\0"]
    written = client.grpc_request(pictures, "flowers").SerializeToString()
    request = predict_pb2.PredictRequest.FromString(written)
    assert request.model_spec.name == "flowers"
    assert request.model_spec.signature_name == "serving_default"
    assert not request.model_spec.HasField("version")
    assert list(request.inputs) == ["image_bytes"]
    assert tf.make_ndarray(request.inputs["image_bytes"]).tolist() == pictures


@pytest.mark.parametrize(
    ("options", "url"),
    [
        ({}, "http://localhost:8501/v1/models/my%20flowers:predict"),
        ({"version": 3}, "http://localhost:8501/v1/models/my%20flowers/versions/3:predict"),
        ({"server": "https://a.b/"}, "https://a.b/v1/models/my%20flowers:predict"),
    ],
)
def test_requests_are_posted_where_the_server_listens(options, url):
    assert client.rest_url("my flowers", **options) == url


def test_an_error_of_the_server_is_an_error():
    with pytest.raises(RuntimeError, match=r"refused the request: Servable not found"):
        client.rest_answers({"error": "Servable not found"})


@pytest.mark.parametrize("pictures", [[], b"one picture", "rose.jpg"])
def test_what_is_no_list_of_pictures_is_refused(pictures):
    for build in (client.rest_request, lambda given: client.grpc_request(given, "m")):
        with pytest.raises(ValueError, match=r"`pictures` must be a list .*Received: pictures="):
            build(pictures)


def test_rest_needs_nothing_more_and_grpc_says_what_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_serving", None)
    assert client.rest_request([b"one"])["instances"]
    with pytest.raises(MissingExtraError, match=r"pip install 'keras-tl\[client\]'"):
        client.grpc_request([b"one"], "m")
