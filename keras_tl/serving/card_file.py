"""The model card inside an export: what the model takes, what it was made with, what was proven.

A SavedModel carries it as a file, a LiteRT file as a ZIP archive at its end, which LiteRT passes
over (the way its own tools store lists of labels), an ONNX file in its metadata properties.
"""

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import keras

from keras_tl.foundation.environment import environment
from keras_tl.models.card import (
    background,
    class_names,
    input_size,
    is_multi_label,
    resize_policy,
)

EXTRA = "assets.extra"
CARD = f"{EXTRA}/model_card.json"
ENTRY = "keras_tl.json"
KEY = "keras_tl"
MOST_BYTES = 64_000_000
IMAGES = "float32 (batch, height, width, 3), red, green and blue in 0..255"


def card_of(model: keras.Model) -> dict[str, Any]:
    """Returns what a client, or somebody who finds the export, needs to know of the model."""
    return {
        "class_names": class_names(model),
        "multi_label": is_multi_label(model),
        "image_size": list(input_size(model)),
        "resize": resize_policy(model),
        "background": list(background(model)),
        "backbone": model.name.removesuffix("_classifier"),
        "parameters": model.count_params(),
        "versions": environment(),
    }


def write_card(export: Path, card: dict[str, Any]) -> None:
    """Writes a card into an export that has its final name only later, in place of an older one."""
    _PLACES.get(export.suffix, _PLACES[""])[1](export, card)


def read_card(export: Path) -> dict[str, Any]:
    """Returns the card of an export; an empty one if it has none.

    Raises:
        ValueError: If the card in a LiteRT file would have more than `MOST_BYTES`.
    """
    return _PLACES.get(export.suffix, _PLACES[""])[0](export)


def _read_file(export: Path) -> dict[str, Any]:
    path = export / CARD
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _write_file(export: Path, card: dict[str, Any]) -> None:
    path = export / CARD
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _read_archive(export: Path) -> dict[str, Any]:
    if not zipfile.is_zipfile(export):
        return {}
    with zipfile.ZipFile(export) as archive:
        if ENTRY not in archive.namelist():
            return {}
        if archive.getinfo(ENTRY).file_size > MOST_BYTES:
            raise ValueError(f"The card in {str(export)!r} has more than {MOST_BYTES:,} bytes.")
        return json.loads(archive.read(ENTRY))


def _write_archive(export: Path, card: dict[str, Any]) -> None:
    """Appends the card; the same card always as the same bytes."""
    if zipfile.is_zipfile(export):
        with zipfile.ZipFile(export) as archive:
            end = min(entry.header_offset for entry in archive.infolist())
        os.truncate(export, end)
    with zipfile.ZipFile(export, "a") as archive:
        archive.writestr(zipfile.ZipInfo(ENTRY), json.dumps(card, ensure_ascii=False))


def _read_properties(export: Path) -> dict[str, Any]:
    import onnx

    properties = onnx.load(export, load_external_data=False).metadata_props
    found = {entry.key: entry.value for entry in properties}
    return json.loads(found.get(KEY, "{}"))


def _write_properties(export: Path, card: dict[str, Any]) -> None:
    import onnx

    proto = onnx.load(export, load_external_data=False)
    onnx.helper.set_model_props(proto, {KEY: json.dumps(card, ensure_ascii=False)})
    onnx.save(proto, export)


_PLACES = {
    "": (_read_file, _write_file),
    ".tflite": (_read_archive, _write_archive),
    ".onnx": (_read_properties, _write_properties),
}
