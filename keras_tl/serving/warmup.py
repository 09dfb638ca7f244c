"""Requests that TensorFlow Serving sends to an export itself, before the first client comes.

Without them the first requests wait for graphs to be optimised. The file holds `PredictionLog`
messages, which no dependency brings; their five fields are written here as bytes.

Source: `tensorflow_serving/apis/prediction_log.proto`, `predict.proto`, `model.proto`; the
encoding of protocol buffers (https://protobuf.dev/programming-guides/encoding).
"""

from pathlib import Path

from keras_tl.serving.card_file import EXTRA

WARMUP = f"{EXTRA}/tf_serving_warmup_requests"
BATCH_SIZES = (1, 8, 32)
_LOG_PREDICT, _PREDICT_REQUEST, _MODEL, _INPUTS = 6, 1, 1, 2
_SIGNATURE_NAME, _KEY, _VALUE = 3, 1, 2


def write_warmup(export: Path, size: tuple[int, int]) -> None:
    """Writes warm-up requests into an export, a grey JPEG and a grey PNG at each batch size.

    Args:
        export: Directory of the SavedModel.
        size: Height and width of the grey pictures, in pixels.
    """
    import tensorflow as tf

    grey = tf.fill((*size, 3), tf.constant(128, tf.uint8))
    kinds = (tf.io.encode_jpeg(grey).numpy(), tf.io.encode_png(grey).numpy())
    path = export / WARMUP
    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for encoded in kinds:
            for number in BATCH_SIZES:
                writer.write(prediction_log([encoded] * number))


def prediction_log(images: list[bytes]) -> bytes:
    """Returns a `PredictionLog` of a request to `serving_default`, serialized."""
    import tensorflow as tf

    tensor = tf.make_tensor_proto(images, dtype=tf.string).SerializeToString()
    entry = _field(_KEY, b"image_bytes") + _field(_VALUE, tensor)
    model = _field(_SIGNATURE_NAME, b"serving_default")
    request = _field(_MODEL, model) + _field(_INPUTS, entry)
    return _field(_LOG_PREDICT, _field(_PREDICT_REQUEST, request))


def _field(number: int, content: bytes) -> bytes:
    """Returns a field that has a length: text, bytes or a message."""
    length, size = len(content), b""
    while length > 127:
        size += bytes([length & 127 | 128])
        length >>= 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + content
