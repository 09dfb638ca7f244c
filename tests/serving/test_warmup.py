import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_tl.serving.warmup import prediction_log, write_warmup

predict_pb2 = pytest.importorskip("tensorflow_serving.apis.prediction_log_pb2")


def request_of(record):
    log = predict_pb2.PredictionLog.FromString(record)
    assert log.WhichOneof("log_type") == "predict_log"
    return log.predict_log.request


@pytest.mark.parametrize("length", [0, 127, 128, 16_383, 16_384, 3_000_000])
def test_a_request_is_what_tensorflow_serving_reads(length):
    images = [bytes(length), b"two"]
    request = request_of(prediction_log(images))
    assert request.model_spec.signature_name == "serving_default"
    assert list(request.inputs) == ["image_bytes"]
    assert tf.make_ndarray(request.inputs["image_bytes"]).tolist() == images


def test_the_bytes_are_those_that_tensorflow_serving_writes():
    log = predict_pb2.PredictionLog()
    log.predict_log.request.model_spec.signature_name = "serving_default"
    tensor = tf.make_tensor_proto([b"one", b"two"])
    log.predict_log.request.inputs["image_bytes"].CopyFrom(tensor)
    assert prediction_log([b"one", b"two"]) == log.SerializeToString(deterministic=True)


def test_the_file_holds_pictures_at_every_batch_size(tmp_path):
    write_warmup(tmp_path, (20, 30))
    file = tmp_path / "assets.extra" / "tf_serving_warmup_requests"
    records = tf.data.TFRecordDataset(str(file)).as_numpy_iterator()
    batches = [tf.make_ndarray(request_of(one).inputs["image_bytes"]) for one in records]
    assert [len(batch) for batch in batches] == [1, 8, 32] * 2
    for batch in batches:
        image = Image.open(io.BytesIO(batch[0]))
        assert image.size == (30, 20)
        np.testing.assert_allclose(image, 128, atol=1)
