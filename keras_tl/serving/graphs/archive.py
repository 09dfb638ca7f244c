"""Functions of a model, written as the signatures of a SavedModel."""

import contextlib
import errno
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import keras

from keras_tl.foundation.error_messages import plain_message

Signature = tuple[Callable[[Any], dict[str, Any]], Any]


def write_archive(model: keras.Model, signatures: Mapping[str, Signature], path: Path) -> None:
    """Writes a SavedModel.

    Args:
        model: Holds the variables.
        signatures: By name, a function of one tensor to named outputs, and the `tf.TensorSpec` of
            that tensor.
        path: The directory.

    Raises:
        OSError: If it cannot be written.
    """
    archive = keras.export.ExportArchive()
    archive.track(model)
    for name, (function, spec) in signatures.items():
        archive.add_endpoint(name, function, input_signature=[spec])
    with disk_errors():
        archive.write_out(str(path), verbose=False)


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    """Makes an error of TensorFlow, which is what it has for a full disk, one of the disk."""
    import tensorflow as tf

    try:
        yield
    except tf.errors.OpError as error:
        raise OSError(errno.EIO, plain_message(error.message)) from error
