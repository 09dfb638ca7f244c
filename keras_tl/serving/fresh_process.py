"""Runs a SavedModel as a server would: TensorFlow alone, `keras` and `keras_tl` unimportable.

A script, started by `verify.py` as `python -I fresh_process.py EXPORT REQUEST RESPONSE`. REQUEST
holds encoded images, RESPONSE gets the outputs of the serving signature.
"""

import sys

for name in ("keras", "keras_tl"):
    sys.modules[name] = None  # type: ignore[assignment]

BATCH_SIZE = 32


def main(export: str, request: str, response: str) -> None:
    """Sends the images of `request` through `export` and writes what comes out."""
    import numpy as np
    import tensorflow as tf

    served = tf.saved_model.load(export)
    answer = served.signatures["serving_default"]
    with np.load(request) as packed:
        ends = np.cumsum(packed["lengths"])
        content = packed["content"].tobytes()
    images = [content[end - n : end] for end, n in zip(ends, np.diff(ends, prepend=0))]  # noqa: B905
    outputs = [
        {name: tensor.numpy() for name, tensor in answer(image_bytes=tf.constant(batch)).items()}
        for batch in (images[i : i + BATCH_SIZE] for i in range(0, len(images), BATCH_SIZE))
    ]
    joined = {name: np.concatenate([batch[name] for batch in outputs]) for name in outputs[0]}
    is_text = [name for name, value in joined.items() if value.dtype == object]
    text = {name: np.char.decode(joined[name].astype("S"), "utf-8") for name in is_text}
    np.savez(response, **{**joined, **text})  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
