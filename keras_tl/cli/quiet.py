"""Keeps TensorFlow's start-up lines from the user, unless start-up fails."""

import contextlib
import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator

from keras_tl.foundation.progress import console


@contextlib.contextmanager
def held_stderr() -> Iterator[None]:
    """Holds what is written to file descriptor 2, and replays it if the block fails.

    TensorFlow's C++ side writes there before any log level applies.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            sys.stderr.flush()
            held.seek(0)
            with open(saved, "wb", closefd=False) as terminal:
                shutil.copyfileobj(held, terminal)
            raise
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)


def start_keras() -> None:
    """Imports Keras and its backend and sets up its devices, quietly."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    warnings.showwarning = _show_warning  # type: ignore[assignment]
    with held_stderr():
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.get_logger().setLevel("ERROR")
            tf.config.list_logical_devices()


def _show_warning(message: Warning | str, category: type[Warning], *_: object) -> None:
    """Shows a warning meant for users as one line, without the place in the source."""
    if issubclass(category, UserWarning):
        console.print(f"Note: {message}", style="yellow", markup=False, soft_wrap=True)
