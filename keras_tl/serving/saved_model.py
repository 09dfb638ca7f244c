"""A SavedModel that takes encoded pictures and answers with labels, proven before it is kept."""

import os
from pathlib import Path
from typing import Any

import keras

from keras_tl.data.decode import decode_and_resize
from keras_tl.foundation.checks import one_of
from keras_tl.models.card import input_format, input_size
from keras_tl.serving.card_file import card_of
from keras_tl.serving.exporting import export_proven
from keras_tl.serving.formats import FORMATS
from keras_tl.serving.graphs.answer import inference_function, named_answer, of_features
from keras_tl.serving.graphs.archive import Signature, disk_errors, write_archive
from keras_tl.serving.graphs.bad_rows import BAD_IMAGES, decode_readable
from keras_tl.serving.graphs.exportable import require_exportable
from keras_tl.serving.graphs.sizing import at_size
from keras_tl.serving.proving.allowance import allowance_for
from keras_tl.serving.proving.proof_images import VerifyOn
from keras_tl.serving.warmup import write_warmup


def export_saved_model(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    verify_on: VerifyOn | None,
    bad_images: str = "nan",
    measure: bool = False,
) -> Path:
    """Exports a classifier for TensorFlow Serving, and proves it.

    Three signatures. `serving_default` takes `image_bytes`, `(batch,)` strings of encoded JPEG,
    PNG, WebP, GIF or BMP; `serving_images` takes `images`, `(batch, height, width, 3)` in 0..255
    of any size; `serving_features` takes `features`, `(batch, features)`, what enters the head,
    for servers that keep features. All give `probabilities` and `classes`, `(batch, classes)`,
    and `label` and `score`, `(batch,)`; where several classes may hold, `selected`,
    `(batch, classes)`, instead.

    A picture that is bad, damaged, or of a kind that TensorFlow does not decode (TIFF, AVIF,
    run-length encoded BMP) costs its row: an empty label, NaN for its score and probabilities,
    nothing selected. Such a batch is decoded at the speed of any other, plus two milliseconds.

    Inside are `assets.extra/model_card.json`, with the class names, sizes, versions and the
    proof, and requests with which TensorFlow Serving warms it up.

    Args:
        model: Classifier from `build_classifier`.
        path: Directory to write, such as `"export/1"`; it must not exist.
        verify_on: A split, or paths of pictures, on which the export must pass `verify_export`.
            None exports unproven, with a warning.
        bad_images: `"nan"`, or `"raise"`: one bad picture makes an error of the whole batch.
        measure: Whether to measure size and speed for the card, some seconds more.

    Returns:
        The directory.

    Raises:
        ValueError: If `path` exists, or the model is not a classifier of this package with a
            fixed image size.
        ExportError: If the export does not do what the model does; nothing is left at `path`.
        OSError: If it cannot be written; nothing is left at `path`.
    """
    path = Path(path)
    one_of("bad_images", bad_images, BAD_IMAGES)
    require_exportable("saved_model", model, path)
    return export_proven(
        model,
        path,
        lambda temporary: _write(model, temporary, bad_images),
        {**card_of(model), "format": "saved_model", "bad_images": bad_images},
        allowance_for(FORMATS["saved_model"], model),
        verify_on=verify_on,
        measure=measure,
    )


def _write(model: keras.Model, path: Path, bad_images: str) -> None:
    signatures = {
        "serving_default": _of_bytes(model, bad_images),
        "serving_images": _of_images(model),
        "serving_features": of_features(model),
    }
    write_archive(model, signatures, path)
    with disk_errors():
        write_warmup(path, input_size(model))


def _of_bytes(model: keras.Model, bad_images: str) -> Signature:
    import tensorflow as tf

    form = input_format(model)._asdict()
    probabilities, answer = inference_function(model), named_answer(model)

    def of_bytes(image_bytes: Any) -> dict[str, Any]:
        if bad_images == "raise":
            images = decode_and_resize(image_bytes, **form)
            return answer(probabilities(images))
        images, is_readable = decode_readable(image_bytes, **form)
        return answer(probabilities(images), is_readable)

    return of_bytes, tf.TensorSpec((None,), tf.string, name="image_bytes")


def _of_images(model: keras.Model) -> Signature:
    import tensorflow as tf

    size, policy, _ = input_format(model)
    probabilities, answer = inference_function(model), named_answer(model)

    def of_images(images: Any) -> dict[str, Any]:
        return answer(probabilities(at_size(images, size, policy)))

    return of_images, tf.TensorSpec((None, None, None, 3), tf.float32, name="images")
