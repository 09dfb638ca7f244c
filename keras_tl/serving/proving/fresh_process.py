"""Runs an export as an application would: its runtime alone, `keras` and `keras_tl` unimportable.

A script, started by `served.py` as
`python -I fresh_process.py FORMAT EXPORT REQUEST RESPONSE MEASURE`. REQUEST holds encoded pictures,
decoded images or features, RESPONSE gets the outputs: `all/` for every picture, `again/` for the
first batch once more, `alone/` for single ones, `bad/` for a batch with bytes in it that are no
picture, and `measured/` seconds, those of requests if MEASURE is 1.
"""

import importlib
import json
import sys
import time
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

OURS = ("keras", "keras_tl")
CONVERTERS = ("tensorflow", "tf2onnx", "onnx")
BATCH_SIZE = 32
ALONE = 8
BAD = (b"no picture", b"")
CALLS = {1: 20, 8: 6, 32: 3}  # at each batch size

Outputs = dict[str, np.ndarray]
Answer = Callable[[np.ndarray], Outputs]


def saved_model(path: str) -> Answer:
    """Returns the function of a SavedModel, from what its signature takes to its outputs."""
    import tensorflow as tf

    served = tf.saved_model.load(path)
    signature = served.signatures["serving_default"]
    (name,) = signature.structured_input_signature[1]

    def answer(pictures: np.ndarray, _: Any = served) -> Outputs:  # variables live in `served`
        found = signature(**{name: tf.constant(pictures)})
        return {name: without_pickle(tensor.numpy()) for name, tensor in found.items()}

    return answer


def litert(path: str) -> Answer:
    """Returns the function of a LiteRT file, from decoded images to named outputs."""
    from ai_edge_litert.interpreter import Interpreter

    run = Interpreter(path).get_signature_runner("serving_default")
    with zipfile.ZipFile(path) as archive:
        card = json.loads(archive.read("keras_tl.json"))
    return lambda images: named(run(images=images)["probabilities"], card)


def onnx(path: str) -> Answer:
    """Returns the function of an ONNX file, from decoded images to named outputs."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    card = json.loads(session.get_modelmeta().custom_metadata_map["keras_tl"])
    return lambda images: named(session.run(["probabilities"], {"images": images})[0], card)


RUNTIMES = {
    "saved_model": (saved_model, "tensorflow", OURS),
    "head": (saved_model, "tensorflow", OURS),
    "litert": (litert, "ai_edge_litert.interpreter", (*OURS, *CONVERTERS)),
    "onnx": (onnx, "onnxruntime", (*OURS, *CONVERTERS)),
}


def main(file_format: str, export: str, request: str, response: str, measure: str) -> None:
    """Sends the pictures of `request` through `export` and writes what comes out."""
    load, runtime, unimportable = RUNTIMES[file_format]
    for name in unimportable:
        sys.modules[name] = None  # type: ignore[assignment]
    importlib.import_module(runtime)
    pictures = unpacked(request)
    start = time.perf_counter()
    answer = load(export)
    answer(pictures[:1])
    results = {"measured/cold_start": np.array(time.perf_counter() - start)}
    results |= answers(answer, pictures)
    if file_format == "saved_model":
        results |= of_group("bad", answer_to_bad_bytes(answer, pictures))
    if measure == "1":
        results |= {f"measured/{n}": seconds(answer, pictures, n) for n in CALLS}
    np.savez(response, **results)  # type: ignore[arg-type]


def unpacked(request: str) -> np.ndarray:
    """Returns the pictures of a request: an array of images, or one of encoded bytes."""
    loaded = np.load(request, mmap_mode="r")
    if isinstance(loaded, np.ndarray):
        return loaded
    ends, content = np.cumsum(loaded["lengths"]), loaded["content"].tobytes()
    starts = ends - loaded["lengths"]
    pairs = zip(starts, ends, strict=True)
    return np.array([content[start:end] for start, end in pairs], dtype=object)


def answers(answer: Answer, pictures: np.ndarray) -> Outputs:
    """Returns the outputs for all pictures, for the first ones again, and for single ones."""
    batches = [pictures[i : i + BATCH_SIZE] for i in range(0, len(pictures), BATCH_SIZE)]
    alone = [pictures[i : i + 1] for i in range(min(ALONE, len(pictures)))]
    results: Outputs = {}
    for group, asked in (("all", batches), ("again", batches[:1]), ("alone", alone)):
        given = [answer(batch) for batch in asked]
        joined = {name: np.concatenate([one[name] for one in given]) for name in given[0]}
        results |= of_group(group, joined)
    return results


def answer_to_bad_bytes(answer: Answer, pictures: np.ndarray) -> Outputs:
    """Returns the outputs for bytes that are no picture between two that are, or the error."""
    import tensorflow as tf

    try:
        return answer(np.array([pictures[0], *BAD, pictures[-1]], dtype=object))
    except tf.errors.OpError as error:
        return {"error": np.array(type(error).__name__)}


def named(probabilities: np.ndarray, card: dict[str, Any]) -> Outputs:
    """Returns what the outputs of a SavedModel are, of a file that gives probabilities alone.

    It decides as `keras_tl.models.decisions` does, which cannot be imported here.
    """
    names = np.array(card["class_names"])
    outputs = {"probabilities": probabilities, "classes": np.tile(names, (len(probabilities), 1))}
    if card["multi_label"]:
        return {**outputs, "selected": probabilities >= 0.5}
    labels = names.take(probabilities.argmax(axis=1), mode="clip")  # the gate counts the names
    return {**outputs, "label": labels, "score": probabilities.max(axis=1)}


def of_group(group: str, outputs: Outputs) -> Outputs:
    """Puts the name of a group before the names of outputs."""
    return {f"{group}/{name}": value for name, value in outputs.items()}


def without_pickle(value: np.ndarray) -> Any:
    """Returns text as text, which needs no pickle, and everything else as it is."""
    return np.char.decode(value.astype("S"), "utf-8") if value.dtype == object else value


def seconds(answer: Answer, pictures: np.ndarray, number: int) -> np.ndarray:
    """Returns the seconds of each call with a batch of `number` pictures, after a first one."""
    batch = pictures[np.arange(number) % len(pictures)]
    answer(batch)
    ticks = [time.perf_counter()]
    for _ in range(CALLS[number]):
        answer(batch)
        ticks.append(time.perf_counter())
    return np.diff(ticks)


if __name__ == "__main__":
    main(*sys.argv[1:])
