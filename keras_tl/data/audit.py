"""A look at every picture before training: what cannot be decoded is set aside, by name."""

import os
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from keras_tl.data.decode import decode
from keras_tl.data.pictures import read_bytes
from keras_tl.foundation.files import digest
from keras_tl.foundation.progress import track

_SHOW_FROM = 200


def inspect_pictures(items: Sequence[Path | bytes]) -> tuple[list[str], dict[int, str]]:
    """Decodes every picture once, in parallel.

    Returns:
        The digest of each picture's content, empty where it cannot be used; and the reason by
        number for those.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        show = len(items) >= _SHOW_FROM
        found = list(track(pool.map(_inspect, items), "Looking at pictures", len(items), show=show))
    reasons = {number: reason for number, (_, reason) in enumerate(found) if reason}
    return [content for content, _ in found], reasons


def _inspect(item: Path | bytes) -> tuple[str, str]:
    import tensorflow as tf

    try:
        encoded = read_bytes(item)
        if not encoded:
            return "", "empty file"
        decode(tf.constant(encoded))
    except OSError as error:
        return "", f"cannot be opened: {error.strerror or error}"
    except tf.errors.OpError as error:
        return "", f"cannot be decoded: {plain_message(error.message)}"
    return digest(encoded), ""


def plain_message(message: str) -> str:
    """Strips TensorFlow's node names from an error message."""
    return re.sub(r"\{\{.*?\}\}|\[Op:.*", "", message).strip().splitlines()[-1]
