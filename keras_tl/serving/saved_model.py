"""A SavedModel that takes encoded pictures and answers with labels, proven before it is kept."""

import errno
import os
import warnings
from pathlib import Path
from typing import Any

import keras

from keras_tl.data.auditing.reasons import plain_message
from keras_tl.data.decode import decode_and_resize, resize
from keras_tl.foundation.files import replacing
from keras_tl.models.card import (
    background,
    class_names,
    input_size,
    is_multi_label,
    resize_policy,
)
from keras_tl.serving.verify import VerifyOn, encoded_images, verify_on_images


def export_saved_model(
    model: keras.Model, path: str | os.PathLike[str], *, verify_on: VerifyOn | None
) -> Path:
    """Exports a classifier for TensorFlow Serving, and proves it.

    Two signatures. `serving_default` takes `image_bytes`, `(batch,)` strings of encoded JPEG,
    PNG, WebP, GIF or BMP; `serving_images` takes `images`, `(batch, height, width, 3)` in 0..255
    of any size. Both give `probabilities` and `classes`, `(batch, classes)`, and `label` and
    `score`, `(batch,)`; where several classes may hold, `selected`, `(batch, classes)`, instead.

    Args:
        model: Classifier from `build_classifier`.
        path: Directory to write, such as `"export/1"`; it must not exist.
        verify_on: A split, or paths of pictures, on which the export must give the labels and
            probabilities of the model in a fresh process without Keras. None exports unproven,
            with a warning.

    Returns:
        The directory.

    Raises:
        ValueError: If `path` exists or the model is not a classifier of this package.
        ExportError: If the export does not do what the model does; nothing is left at `path`.
        OSError: If it cannot be written; nothing is left at `path`.
    """
    path = Path(path)
    if path.exists():
        raise ValueError(
            f"`path` must not exist. Received: path={str(path)!r}. Export under the next number, "
            f"such as {str(path.with_name('2'))!r}, or remove it."
        )
    images = None if verify_on is None else encoded_images(verify_on)
    with replacing(path) as temporary:
        _write(model, temporary)
        if images is None:
            warnings.warn(f"{str(path)!r} is exported unproven: no `verify_on`.", stacklevel=2)
        else:
            verify_on_images(temporary, model, images)
    return path


def _write(model: keras.Model, path: Path) -> None:
    import tensorflow as tf

    size, policy, colour = input_size(model), resize_policy(model), background(model)
    answer = _answer(model)
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint(
        "serving_default",
        lambda image_bytes: answer(decode_and_resize(image_bytes, size, policy, background=colour)),
        input_signature=[tf.TensorSpec((None,), tf.string, name="image_bytes")],
    )
    archive.add_endpoint(
        "serving_images",
        lambda images: answer(resize(images, size, policy)),
        input_signature=[tf.TensorSpec((None, None, None, 3), tf.float32, name="images")],
    )
    try:
        archive.write_out(str(path), verbose=False)
    except tf.errors.OpError as error:
        raise OSError(errno.EIO, plain_message(error.message)) from error


def _answer(model: keras.Model) -> Any:
    """Returns the function from images to the named outputs."""
    import tensorflow as tf

    names = tf.constant(class_names(model))
    has_several = is_multi_label(model)

    def answer(images: Any) -> dict[str, Any]:
        found = model(images, training=False)
        outputs = {
            "probabilities": found,
            "classes": tf.tile(names[None], [tf.shape(found)[0], 1]),
        }
        if has_several:
            return {**outputs, "selected": found >= 0.5}
        label = tf.gather(names, tf.argmax(found, axis=-1))
        return {**outputs, "label": label, "score": tf.reduce_max(found, axis=-1)}

    return answer
