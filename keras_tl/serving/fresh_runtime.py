"""Runs an exported file as an application would: its runtime alone, no Keras and no TensorFlow.

A script, started by `file_proof.py` as `python -I fresh_runtime.py RUNTIME FILE REQUEST RESPONSE`.
REQUEST holds images, RESPONSE gets the probabilities and the class names.
"""

import json
import sys
import zipfile
from collections.abc import Callable
from typing import Any

for name in ("keras", "keras_tl", "tensorflow", "tf2onnx", "onnx"):
    sys.modules[name] = None  # type: ignore[assignment]

BATCH_SIZE = 32


def litert(path: str) -> tuple[Callable[[Any], Any], str]:
    """Returns the function of a LiteRT file, and its metadata."""
    from ai_edge_litert.interpreter import Interpreter

    answer = Interpreter(path).get_signature_runner("serving_default")
    with zipfile.ZipFile(path) as archive:
        metadata = archive.read("keras_tl.json").decode("utf-8")
    return lambda images: answer(images=images)["probabilities"], metadata


def onnx(path: str) -> tuple[Callable[[Any], Any], str]:
    """Returns the function of an ONNX file, and its metadata."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map["keras_tl"]
    return lambda images: session.run(["probabilities"], {"images": images})[0], metadata


def main(runtime: str, path: str, request: str, response: str) -> None:
    """Sends the images of `request` through a file, in batches and the first one alone."""
    import numpy as np

    answer, metadata = {"litert": litert, "onnx": onnx}[runtime](path)
    images = np.load(request)
    batches = (images[i : i + BATCH_SIZE] for i in range(0, len(images), BATCH_SIZE))
    np.savez(
        response,
        alone=answer(images[:1]),
        probabilities=np.concatenate([answer(batch) for batch in batches]),
        class_names=np.array(json.loads(metadata)["class_names"]),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
