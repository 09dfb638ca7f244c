"""What an exported file says about itself, so that a picture can be prepared without this package.

LiteRT files carry it as a ZIP archive at their end, which LiteRT passes over (the way its own
tools store lists of labels), ONNX files in their metadata properties.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import keras

from keras_tl.serving.card_file import card_of

ENTRY = "keras_tl.json"
KEY = "keras_tl"


def metadata(model: keras.Model, precision: str = "float32") -> str:
    """Returns the metadata of a file that is made of `model`, as JSON.

    It is the model card, with the precision of the file and what goes into it.
    """
    images = "float32 (batch, height, width, 3), red, green and blue in 0..255"
    card: dict[str, Any] = {**card_of(model), "precision": precision, "images": images}
    return json.dumps(card, ensure_ascii=False)


def append_metadata(path: Path, text: str) -> None:
    """Appends metadata to a LiteRT file; the same metadata always as the same bytes."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(ENTRY), text)
