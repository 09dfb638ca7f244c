"""What is sent to an export in a fresh process: encoded pictures, images, or features."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from keras_tl.data.pictures import EncodedPictures
from keras_tl.serving.graphs.answer import around_head
from keras_tl.serving.proving.proof_images import read_in_batches


def write_request(path: Path, takes: str, pictures: EncodedPictures, model: keras.Model) -> None:
    """Writes a request as `fresh_process.py` reads it, a batch at a time.

    Args:
        path: The file.
        takes: `"encoded"`, `"images"` or `"features"`.
        pictures: As `model` takes them.
        model: The classifier.
    """
    if takes == "encoded":
        _write_encoded(path, pictures)
    elif takes == "images":
        _write_rows(path, pictures, lambda images: images)
    else:
        _write_rows(path, pictures, around_head(model)[0].predict_on_batch)


def _write_encoded(path: Path, pictures: EncodedPictures) -> None:
    encoded = pictures.encoded(range(len(pictures)))
    with open(path, "wb") as file:
        np.savez(
            file,
            lengths=[len(one) for one in encoded],
            content=np.frombuffer(b"".join(encoded), dtype="uint8"),
        )


def _write_rows(
    path: Path, pictures: EncodedPictures, given: Callable[[np.ndarray], np.ndarray]
) -> None:
    rows, end = None, 0
    for images in read_in_batches(pictures):
        batch = given(images)
        if rows is None:
            shape = (len(pictures), *batch.shape[1:])
            rows = np.lib.format.open_memmap(path, "w+", "float32", shape)
        start, end = end, end + len(batch)
        rows[start:end] = batch
    if rows is not None:
        rows.flush()
