"""Runs a SavedModel as a server would: TensorFlow alone, `keras` and `keras_tl` unimportable.

A script, started by `served.py` as `python -I fresh_process.py EXPORT REQUEST RESPONSE MEASURE`.
REQUEST holds encoded images, RESPONSE gets the outputs of the serving signature: `all/` for every
image, `again/` for the first batch once more, `alone/` for single images, `bad/` for a batch with
bad bytes in it, and `measured/` seconds, those of requests if MEASURE is 1.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

for name in ("keras", "keras_tl"):
    sys.modules[name] = None  # type: ignore[assignment]

BATCH_SIZE = 32
ALONE = 8
BAD = (b"no picture", b"")
CALLS = {1: 20, 8: 6, 32: 3}  # at each batch size

Images = list[bytes]
Outputs = dict[str, np.ndarray]


def main(export: str, request: str, response: str, measure: str) -> None:
    """Sends the images of `request` through `export` and writes what comes out."""
    import tensorflow as tf

    images = unpacked(request)
    start = time.perf_counter()
    served = tf.saved_model.load(export)
    signature = served.signatures["serving_default"]

    def answer(batch: Images) -> Outputs:
        found = signature(image_bytes=tf.constant(batch))
        return {name: plain(tensor.numpy()) for name, tensor in found.items()}

    answer(images[:1])
    results = {"measured/cold_start": np.array(time.perf_counter() - start)}
    results |= answers(answer, images)
    try:
        results |= of_group("bad", answer([images[0], *BAD, images[-1]]))
    except tf.errors.OpError as error:
        results["bad/error"] = np.array(type(error).__name__)
    if measure == "1":
        results |= {f"measured/{n}": seconds(answer, images, n) for n in CALLS}
    np.savez(response, **results)  # type: ignore[arg-type]


def unpacked(request: str) -> Images:
    """Returns the encoded images of a request."""
    with np.load(request) as packed:
        ends = np.cumsum(packed["lengths"])
        content = packed["content"].tobytes()
    return [content[end - n : end] for end, n in zip(ends, np.diff(ends, prepend=0))]  # noqa: B905


def answers(answer: Callable[[Images], Outputs], images: Images) -> Outputs:
    """Returns the outputs for all images, for the first ones again, and for single ones."""
    batches = [images[i : i + BATCH_SIZE] for i in range(0, len(images), BATCH_SIZE)]
    alone = [[image] for image in images[:ALONE]]
    results: Outputs = {}
    for group, asked in (("all", batches), ("again", batches[:1]), ("alone", alone)):
        given = [answer(batch) for batch in asked]
        joined = {name: np.concatenate([one[name] for one in given]) for name in given[0]}
        results |= of_group(group, joined)
    return results


def of_group(group: str, outputs: Outputs) -> Outputs:
    """Puts the name of a group before the names of outputs."""
    return {f"{group}/{name}": value for name, value in outputs.items()}


def plain(value: np.ndarray) -> Any:
    """Returns text as text, which needs no pickle, and everything else as it is."""
    return np.char.decode(value.astype("S"), "utf-8") if value.dtype == object else value


def seconds(answer: Callable[[Images], Outputs], images: Images, number: int) -> np.ndarray:
    """Returns the seconds of each call with a batch of `number` images, after a first one."""
    batch = (images * (number // len(images) + 1))[:number]
    answer(batch)
    ticks = [time.perf_counter()]
    for _ in range(CALLS[number]):
        answer(batch)
        ticks.append(time.perf_counter())
    return np.diff(ticks)


if __name__ == "__main__":
    main(*sys.argv[1:])
