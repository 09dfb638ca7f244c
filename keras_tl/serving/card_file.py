"""The model card inside an export: what the model takes, what it was made with, what was proven."""

import json
from pathlib import Path
from typing import Any

import keras

from keras_tl.models.card import (
    background,
    class_names,
    input_size,
    is_multi_label,
    resize_policy,
)
from keras_tl.training.run_directory import environment

EXTRA = "assets.extra"
CARD = f"{EXTRA}/model_card.json"


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
    """Writes a card into an export that has its final name only later."""
    path = export / CARD
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_card(export: Path) -> dict[str, Any]:
    """Returns the card of an export; an empty one if it has none."""
    path = export / CARD
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
