"""Requests to TensorFlow Serving that ask about pictures, and its answers, over REST and gRPC.

Over either, an answer is what REST gives for a picture: `probabilities`, `classes`, `label` and
`score`; where several classes may hold, `selected` instead of the last two. A bad picture has an
empty label, NaN for its score and probabilities, and nothing selected.

    import grpc
    from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

    from keras_tl.serving import client

    stub = PredictionServiceStub(grpc.insecure_channel("localhost:8500"))
    reply = stub.Predict(client.grpc_request(["rose.jpg"], "flowers"), timeout=10)
    print(client.grpc_answers(reply)[0]["label"])

Source: https://www.tensorflow.org/tfx/serving/api_rest and `tensorflow_serving/apis/predict.proto`.
"""

import base64
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from keras_tl.serving.extras import require_extra

INPUT = "image_bytes"
SIGNATURE = "serving_default"

Pictures = Sequence[bytes | str | os.PathLike[str]]
Answer = dict[str, Any]


def rest_url(model_name: str, *, server: str = "http://localhost:8501", version: int = 0) -> str:
    """Returns where requests over REST are posted.

    Args:
        model_name: What the server calls the model.
        server: Its scheme, host and port.
        version: Of the model; 0 asks the version that the server has settled on.
    """
    numbered = f"/versions/{version}" if version else ""
    return f"{server.rstrip('/')}/v1/models/{quote(model_name, safe='')}{numbered}:predict"


def rest_request(pictures: Pictures) -> dict[str, Any]:
    """Returns the body of a request over REST, to be sent as JSON.

    Args:
        pictures: Paths, or the content of files: JPEG, PNG, WebP, GIF or BMP.
    """
    encoded = [base64.b64encode(content).decode("ascii") for content in _contents(pictures)]
    instances = [{INPUT: {"b64": text}} for text in encoded]
    return {"signature_name": SIGNATURE, "instances": instances}


def rest_answers(reply: Mapping[str, Any]) -> list[Answer]:
    """Returns the answers in a reply over REST, one for each picture.

    Raises:
        RuntimeError: If the reply is an error.
    """
    if "error" in reply:
        raise RuntimeError(f"The server refused the request: {reply['error']}")
    return list(reply["predictions"])


def grpc_request(pictures: Pictures, model_name: str, *, version: int = 0) -> Any:
    """Returns the `PredictRequest` that `PredictionServiceStub.Predict` takes.

    Args:
        pictures: Paths, or the content of files: JPEG, PNG, WebP, GIF or BMP.
        model_name: What the server calls the model.
        version: Of the model; 0 asks the version that the server has settled on.

    Raises:
        ImportError: If the extra `keras-tl[client]` is not installed.
    """
    require_extra("client")
    import tensorflow as tf
    from tensorflow_serving.apis.predict_pb2 import PredictRequest

    request = PredictRequest()
    request.model_spec.name = model_name
    request.model_spec.signature_name = SIGNATURE
    if version:
        request.model_spec.version.value = version
    tensor = tf.make_tensor_proto(_contents(pictures), dtype=tf.string)
    request.inputs[INPUT].CopyFrom(tensor)
    return request


def grpc_answers(reply: Any) -> list[Answer]:
    """Returns the answers in a `PredictResponse`, one for each picture."""
    import tensorflow as tf

    columns = {name: _plain(tf.make_ndarray(tensor)) for name, tensor in reply.outputs.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _contents(pictures: Pictures) -> list[bytes]:
    if isinstance(pictures, (bytes, str, os.PathLike)) or not len(pictures):
        raise ValueError(
            "`pictures` must be a list of paths or of encoded pictures, at least one. "
            f"Received: pictures={pictures!r}"
        )
    return [one if isinstance(one, bytes) else Path(one).read_bytes() for one in pictures]


def _plain(column: Any) -> list[Any]:
    """Returns an array as lists, its bytes as text."""

    def text(value: Any) -> Any:
        if isinstance(value, list):
            return [text(one) for one in value]
        return value.decode("utf-8") if isinstance(value, bytes) else value

    return text(column.tolist())
