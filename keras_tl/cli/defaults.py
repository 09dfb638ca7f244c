"""Settings that a user left open, filled in so that the saved configuration is complete."""

from typing import Any

from keras_tl.models.weights.glyphs import GLYPHS

EMBEDDED = {
    "backbone": GLYPHS.backbone,
    "weights": "glyphs",
    "pooling": GLYPHS.pooling,
    "image_size": GLYPHS.image_size,
}
ORDINARY = {"backbone": "EfficientNetV2B0", "weights": "imagenet", "pooling": "avg"}


def completed(settings: dict[str, Any]) -> dict[str, Any]:
    """Returns `settings` with the open ones filled in.

    The digits that the package carries go with the backbone that it carries; everything else
    with EfficientNetV2B0 and its ImageNet weights, at the backbone's native size.
    """
    backbone, weights = settings["backbone"], settings["weights"]
    is_embedded = weights == "glyphs" or (
        settings["source"] in ("digits", "digits-photo") and backbone is None and weights is None
    )
    defaults = EMBEDDED if is_embedded else ORDINARY
    filled = {**settings, **{k: v for k, v in defaults.items() if settings[k] is None}}
    if filled["image_size"] is None:
        filled["image_size"] = _native_size(filled["backbone"])
    return filled


def _native_size(backbone: str) -> int:
    from keras_tl.cli.quiet import start_keras

    start_keras()
    from keras_tl.models.backbones import find_backbone
    from keras_tl.models.card import input_size, read_model

    if backbone.endswith(".keras"):
        return input_size(read_model(backbone))[0]
    return find_backbone(backbone).native_size
